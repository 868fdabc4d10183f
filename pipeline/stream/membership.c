/*
 * Events of the consumer's queue, one at a time, as changes of membership.
 * What passes by itself becomes a line of the log.
 */
#include "pipeline/base/check.h"
#include "pipeline/stream/source_state.h"

/*
 * The metadata is taken with the event and nowhere else: at this moment the
 * member has joined and its assignment is this event's.
 */
static void
capture_member(struct source *source)
{
	struct member *member = calloc(1, sizeof *member);

	CHECK(member != NULL);
	member->metadata = rd_kafka_consumer_group_metadata(source->handle.rk);
	CHECK(member->metadata != NULL);
	member->before = source->member;
	source->member = member;
}

static void
on_assigned(struct source *source, const rd_kafka_topic_partition_list_t *list)
{
	rd_kafka_topic_partition_list_t *none =
	    rd_kafka_topic_partition_list_new(0);

	capture_member(source);
	assignment_forget(source);
	assignment_list(source, list);
	for (size_t i = 0; i < source->n_list; i++)
		source_partition_make(source, source->list[i])->assigned = true;
	(void)rd_kafka_assign(source->handle.rk, none);
	rd_kafka_topic_partition_list_destroy(none);
}

static enum membership_change
on_revoked(struct source *source, const rd_kafka_topic_partition_list_t *list)
{
	assignment_list(source, list);
	if (rd_kafka_assignment_lost(source->handle.rk)) {
		assignment_clear(source);
		return (MEMBERSHIP_LOST);
	}
	source->revoking = true;
	return (MEMBERSHIP_REVOKED);
}

static enum membership_change
on_rebalance(struct source *source, rd_kafka_event_t *event)
{
	const rd_kafka_topic_partition_list_t *list =
	    rd_kafka_event_topic_partition_list(event);

	if (rd_kafka_event_error(event) ==
	    RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
		on_assigned(source, list);
		return (MEMBERSHIP_ASSIGNED);
	}
	return (on_revoked(source, list));
}

static enum cause
cause_of_error(rd_kafka_event_t *event)
{
	enum cause cause = cause_of(rd_kafka_event_error(event));

	if (rd_kafka_event_error_is_fatal(event))
		return (cause == CAUSE_OWNER ? CAUSE_OWNER : CAUSE_CLIENT);
	return (cause == CAUSE_OWNER ? CAUSE_AWAY : cause);
}

static enum membership_change
on_error(struct source *source, rd_kafka_event_t *event, struct membership *ret)
{
	const char *words = rd_kafka_event_error_string(event);

	ret->cause = cause_of_error(event);
	if (ret->cause == CAUSE_AWAY || ret->cause == CAUSE_NONE) {
		handle_note(
		    &source->handle, rd_kafka_event_error(event), words);
		ret->cause = CAUSE_NONE;
		return (MEMBERSHIP_SAME);
	}
	(void)fail_with(&ret->why, FATAL, "%s", words);
	return (MEMBERSHIP_FAILED);
}

static void
serve_events(struct source *source, struct membership *ret)
{
	rd_kafka_event_t *event;

	while (ret->change == MEMBERSHIP_SAME &&
	       (event = rd_kafka_queue_poll(source->events, 0)) != NULL) {
		if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE)
			ret->change = on_rebalance(source, event);
		else if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR)
			ret->change = on_error(source, event, ret);
		rd_kafka_event_destroy(event);
	}
}

static void
wake_partitions(struct source *source)
{
	size_t n = source_partition_count(source);

	for (size_t i = 0; i < n; i++) {
		struct partition *partition = source_partition_at(source, i);

		if (partition != NULL)
			partition->dry = false;
	}
}

void
source_poll(struct source *source, duration_ms timeout, struct membership *ret)
{
	struct deadline deadline = deadline_in(timeout);
	struct failure why;
	bool rung;

	*ret = (struct membership){.change = MEMBERSHIP_SAME};
	rung = bell_wait(source, 0);
	serve_events(source, ret);
	if (assignment_apply(source, &why) != DONE)
		handle_note(&source->handle, RD_KAFKA_RESP_ERR__FAIL, why.text);
	if (!rung && ret->change == MEMBERSHIP_SAME && timeout > 0) {
		(void)bell_wait(source, deadline_left(deadline));
		serve_events(source, ret);
	}
	wake_partitions(source);
	if (ret->change != MEMBERSHIP_SAME &&
	    ret->change != MEMBERSHIP_FAILED) {
		ret->list = source->list;
		ret->n = source->n_list;
	}
}
