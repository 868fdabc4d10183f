#ifndef TESTS_SCENARIO_SERVERS_BROKER_H
#define TESTS_SCENARIO_SERVERS_BROKER_H

/*
 * A real Apache Kafka of this test's own: one node on loopback, in a temporary
 * folder, started and stopped by deploy/dev.  It ends with the test, also when
 * that crashes.
 */
struct broker {
	char folder[64];
	char port[8];
	char address[24]; /* "127.0.0.1:31234" */
	int keeper;       /* the process that removes it when we are gone, */
	int alive;        /* and the pipe by which it knows                */
};

enum { BROKER_SKIPPED = 77 };

/* 0: it serves.  Else the exit code of kafka-start, which said why. */
int broker_start(struct broker *broker);
/* Stop it and keep its data; 0 when it has ended. */
int broker_stop(struct broker *broker);
/* Start it again over its data. */
int broker_again(struct broker *broker);
/* Stop it and remove its folder. */
void broker_remove(struct broker *broker);

#endif
