#ifndef PIPELINE_STORE_SCRIPTS_H
#define PIPELINE_STORE_SCRIPTS_H

/* The .lua files of this folder, as the build turns them into C. */
extern const char script_commit[];
extern const char script_set[];

#endif
