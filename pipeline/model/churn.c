#include "pipeline/model/churn.h"

#include <math.h>

static bool
positive(double v)
{
	return (isfinite(v) && v > 0);
}

bool
churn_params_valid(const struct churn_params *p)
{
	return (positive(p->r) && positive(p->alpha) && positive(p->a) &&
		positive(p->b));
}

double
churn_p_alive(
    const struct churn_params *p, const struct churn_history *h, double T)
{
	double B = p->b + h->x;
	double L = log(p->a / B) +
		   (p->r + h->x) * log1p((T - h->t_x) / (p->alpha + h->t_x));

	return (1 / (1 + exp(L)));
}

double
churn_crossing(const struct churn_params *p, const struct churn_history *h,
    double threshold)
{
	double B = p->b + h->x;
	double odds;

	if (threshold <= 0)
		return (INFINITY);
	if (threshold >= 1)
		return (h->t_x);
	odds = log((1 - threshold) * B / (threshold * p->a));
	return (h->t_x +
		(p->alpha + h->t_x) * expm1(fmax(0, odds) / (p->r + h->x)));
}
