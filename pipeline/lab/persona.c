#include "pipeline/lab/persona.h"

const char *
category_name(enum category category)
{
	static const char *const names[CATEGORIES] = {
	    [CATEGORY_SHOES] = "shoes",
	    [CATEGORY_CAMERA] = "camera",
	    [CATEGORY_LENS] = "lens",
	    [CATEGORY_BOOKS] = "books",
	    [CATEGORY_GARDEN] = "garden",
	    [CATEGORY_KITCHEN] = "kitchen",
	    [CATEGORY_TOYS] = "toys",
	};

	return (names[category]);
}

#define CENTS INT64_C(100)

#define BUYS(d, h, what, much)                                      \
	{                                                           \
		.day = (d), .hour = (h), .act = ACT_BUY,            \
		.category = CATEGORY_##what, .amount = (much)*CENTS \
	}
#define RETURNS(d, h, which, much)                          \
	{                                                   \
		.day = (d), .hour = (h), .act = ACT_REFUND, \
		.purchase = (which), .amount = (much)*CENTS \
	}
#define RATES(d, h, which, points)                                             \
	{                                                                      \
		.day = (d), .hour = (h), .act = ACT_RATE, .purchase = (which), \
		.score = (points)                                              \
	}
#define READS(d, h, how)                                                \
	{                                                               \
		.day = (d), .hour = (h), .act = ACT_READ, .text = (how) \
	}

/* NOLINTBEGIN(readability-magic-numbers): days, hours and prices of scripts */
static const struct persona_step ana[] = {
    BUYS(-330, 18, SHOES, 89),
    BUYS(-291, 11, SHOES, 65),
    BUYS(-254, 20, SHOES, 120),
    BUYS(-221, 9, BOOKS, 24),
    BUYS(-188, 17, SHOES, 75),
    BUYS(-151, 12, SHOES, 99),
    BUYS(-120, 19, KITCHEN, 45),
    BUYS(-89, 10, SHOES, 85),
    BUYS(-58, 16, BOOKS, 29),
    BUYS(-29, 13, SHOES, 95),
    BUYS(20, 17, SHOES, 79),
    READS(82, 11, "opened"),
    READS(110, 19, "clicked"),
    BUYS(111, 20, SHOES, 110),
    BUYS(139, 18, SHOES, 72),
};
static const struct persona_step bo[] = {
    BUYS(-200, 15, CAMERA, 890),
    BUYS(-60, 12, LENS, 310),
    BUYS(10, 9, LENS, 240),
    RATES(17, 14, 3, 3),
    BUYS(41, 16, BOOKS, 35),
    RATES(48, 12, 4, 10),
    BUYS(75, 10, KITCHEN, 130),
};
static const struct persona_step grace[] = {
    BUYS(-45, 22, BOOKS, 48),
    BUYS(36, 2, SHOES, 130),
    {.day = 50, .hour = 4, .act = ACT_MOVE, .text = "Asia/Tokyo"},
    BUYS(58, 3, KITCHEN, 64),
};
static const struct persona_step iris[] = {
    BUYS(-350, 14, CAMERA, 1200),
    READS(31, 18, "opened"),
    BUYS(38, 15, LENS, 1050),
    BUYS(80, 11, BOOKS, 20),
};
static const struct persona_step dev[] = {
    BUYS(-20, 16, SHOES, 60),
    BUYS(5, 12, SHOES, 85),
    BUYS(44, 18, KITCHEN, 40),
    {.day = 59, .hour = 20, .act = ACT_UNSUBSCRIBE},
    BUYS(61, 13, CAMERA, 560),
};
static const struct persona_step chloe[] = {
    BUYS(-40, 15, BOOKS, 22),
    BUYS(29, 10, BOOKS, 35),
    BUYS(100, 17, GARDEN, 41),
};
static const struct persona_step eva[] = {
    BUYS(3, 18, KITCHEN, 260),
    BUYS(40, 10, CAMERA, 800),
    BUYS(47, 9, LENS, 300),
    BUYS(90, 19, LENS, 1500),
    BUYS(121, 11, CAMERA, 2600),
};
static const struct persona_step farid[] = {
    BUYS(15, 13, CAMERA, 640),
    BUYS(22, 19, LENS, 280),
    BUYS(63, 12, CAMERA, 720),
};
static const struct persona_step hugo[] = {
    BUYS(8, 11, SHOES, 75),
    RETURNS(12, 9, 1, 75),
    BUYS(30, 18, SHOES, 140),
    RETURNS(36, 10, 2, 40),
    BUYS(55, 16, TOYS, 90),
};
static const struct persona_step jonas[] = {
    BUYS(-345, 10, CAMERA, 1100),
};
/* NOLINTEND(readability-magic-numbers) */

#define STEPS(of) .steps = (of), .n_steps = sizeof(of) / sizeof((of)[0])

const struct persona personas[] = {
    {"ana", "Ana Laurent", "Ana",
	"bought every month, and then nothing for a while", "Europe/Paris",
	"1988-06-03", STEPS(ana)},
    {"bo", "Bo Berg", "Bo", "a good customer, disappointed once",
	"Europe/Berlin", "1979-05-20", STEPS(bo)},
    {"grace", "Grace Kim", "Grace", "moves from New York to Tokyo",
	"America/New_York", "1991-03-15", STEPS(grace)},
    {"iris", "Iris Novak", "Iris", "is about to lose gold, and keeps it",
	"Europe/Prague", "1985-04-09", STEPS(iris)},
    {"dev", "Dev Patel", "Dev", "unsubscribes at the beginning of March",
	"Europe/London", "1994-04-22", STEPS(dev)},
    {"chloe", "Chloé Leroy", "Chloé", "was born on 29 February", "Europe/Paris",
	"2000-02-29", STEPS(chloe)},
    {"eva", "Eva Rossi", "Eva", "climbs from nothing to platinum",
	"Europe/Rome", "1990-06-11", STEPS(eva)},
    {"farid", "Farid Haddad", "Farid", "a camera first, and later a lens",
	"Europe/Paris", NULL, STEPS(farid)},
    {"hugo", "Hugo Weber", "Hugo", "sends things back", "Europe/Vienna",
	"1982-05-01", STEPS(hugo)},
    {"jonas", "Jonas Lind", "Jonas", "lets his gold go", "Europe/Stockholm",
	"1975-05-30", STEPS(jonas)},
};
const size_t n_personas = sizeof personas / sizeof personas[0];
