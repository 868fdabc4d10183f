#ifndef PIPELINE_MODEL_CHURN_H
#define PIPELINE_MODEL_CHURN_H

#include <stdbool.h>

/*
 * MBG/NBD (Batislam, Denizel & Filiztekin 2007; c = 1 in Hardie's notation):
 * customers buy at a gamma-distributed rate (r, alpha) and drop out after any
 * purchase, the first included, with a beta-distributed probability (a, b).
 * Time is in weeks = ms / 604,800,000, as a double.
 */
struct churn_params {
	double r;
	double alpha;
	double a;
	double b;
};

/* All that a purchase history says to the model. */
struct churn_history {
	double x;   /* repeat purchase days                       */
	double t_x; /* first to last purchase day, weeks          */
};

/* All four finite and above 0. */
bool churn_params_valid(const struct churn_params *p);

/*
 * P(alive) at T weeks after the first purchase, T >= t_x:
 * 1 / (1 + exp(L)), L = log(a / B) + (r + x) * log1p((T - t_x) / (alpha + t_x)),
 * B = b + x.  Evaluated in this order, in double.  In (0, 1); only falls as T
 * grows.
 */
double churn_p_alive(
    const struct churn_params *p, const struct churn_history *h, double T);

/*
 * T at which P(alive) passes the threshold p in (0, 1) from above:
 * t_x + (alpha + t_x) * expm1(max(0, ln((1-p) B / (p a))) / (r + x)).
 * Infinity for p <= 0; t_x where it is below from the start.
 */
double churn_crossing(const struct churn_params *p,
    const struct churn_history *h, double threshold);

#endif
