#ifndef DAEMON_EXIT_CODE_H
#define DAEMON_EXIT_CODE_H

/*
 * What the process answers whoever started it; the numbers of sysexits where
 * it has one.  deploy/README.md says what an operator does about each.
 */
enum exit_code {
	EXIT_OK = 0,
	EXIT_TESTS_FAILED = 1, /* test: an expectation was not met         */
	EXIT_NOT_KNOWN = 1,    /* customer: there is none                  */
	EXIT_USAGE = 64,       /* the command line                           */
	EXIT_MISTAKES = 65,    /* mistakes in files: check, test, backtest    */
	EXIT_UNREADABLE = 66,  /* a file cannot be read                       */
	EXIT_UNAVAILABLE = 69, /* Redis, Kafka or an address is not there     */
	EXIT_INTERNAL = 70,    /* a bug, or two fatal client errors in a row  */
	EXIT_AGAIN = 75,       /* given up before it was done: start again    */
	EXIT_DENIED = 77,      /* a login or a permission was refused         */
	EXIT_CONFIG = 78,      /* run: mistakes in files, or what a person
				  must decide                                 */
};

#endif
