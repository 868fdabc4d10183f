/* An `event:` rule: once per record of its stream for which `when` holds. */
#include "pipeline/rule/look.h"

void
event_look(struct look *look, const struct rule *rule)
{
	struct subject subject;

	if (look->cause != LOOK_EVENT || look->again ||
	    look->event->stream != rule->stream)
		return;
	subject = look_subject(look);
	if (!look_holds(look, rule->when, &subject, NULL))
		return;
	look_says(
	    look, &(struct occasion){.rule = rule,
		      .tau = look->event->e + (rule->delayed ? rule->delay : 0),
		      .key = look->event->id,
		      .by_event = true});
}
