#include "pipeline/rule/policy.h"

const struct channel *
policy_channel(const struct policy *policy, struct span name)
{
	for (size_t i = 0; i < policy->n_channels; i++) {
		if (span_equals(policy->channels[i].name, name))
			return (&policy->channels[i]);
	}
	return (NULL);
}

const struct cap *
policy_cap(const struct policy *policy, struct span name)
{
	for (size_t i = 0; i < policy->n_caps; i++) {
		if (span_equals(policy->caps[i].name, name))
			return (&policy->caps[i]);
	}
	return (NULL);
}
