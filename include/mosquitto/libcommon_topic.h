/*
 * Topic names and topic filters: checking, splitting, matching.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBCOMMON_TOPIC_H
#define MOSQUITTO_LIBCOMMON_TOPIC_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Tell whether a topic can be published to.
 *
 * Parameters:
 *   topic - the topic name. Whether it is UTF-8 is not checked: see mosquitto_validate_utf8().
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - it can.
 *   MOSQ_ERR_INVAL - it is NULL, empty or longer than 65535 bytes, contains + or #, or has more than 200 /.
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_pub_topic_check2, mosquitto_sub_topic_check
 */
libmosqcommon_EXPORT
int mosquitto_pub_topic_check(const char *topic);

/**
 * As mosquitto_pub_topic_check(), for a topic that needs no NUL behind it.
 *
 * Parameters:
 *   topic    - the topic name.
 *   topiclen - number of bytes.
 *
 * Returns:
 *   as mosquitto_pub_topic_check().
 *
 * Threads: may be called at any time from any thread.
 */
libmosqcommon_EXPORT int mosquitto_pub_topic_check2(const char *topic, size_t topiclen);

/**
 * Tell whether a topic filter can be subscribed to.
 *
 * Parameters:
 *   topic - the filter. Whether it is UTF-8 is not checked: see mosquitto_validate_utf8().
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - it can.
 *   MOSQ_ERR_INVAL - it is NULL, empty or longer than 65535 bytes, has more than 200 /, + is not a whole
 *     level, or # is not the whole last level.
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_sub_topic_check2, mosquitto_pub_topic_check
 */
libmosqcommon_EXPORT
int mosquitto_sub_topic_check(const char *topic);

/**
 * As mosquitto_sub_topic_check(), for a filter that needs no NUL behind it.
 *
 * Parameters:
 *   topic    - the filter.
 *   topiclen - number of bytes.
 *
 * Returns:
 *   as mosquitto_sub_topic_check().
 *
 * Threads: may be called at any time from any thread.
 */
libmosqcommon_EXPORT int mosquitto_sub_topic_check2(const char *topic, size_t topiclen);

/**
 * Tell whether a topic matches a topic filter, for example "a/b" the filter "a/+".
 *
 * Topics that begin with $ match only filters that do. Shared subscriptions ($share/group/filter) get no
 * special treatment: pass the filter behind the group.
 *
 * Parameters:
 *   sub    - the filter.
 *   topic  - the topic name.
 *   result - receives whether it matches; false if the call fails.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - *result is the answer.
 *   MOSQ_ERR_INVAL - an argument is NULL or empty, or the filter or the topic is not valid (this is noticed
 *     as far as the comparison gets).
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_topic_matches_sub2, mosquitto_topic_matches_sub_with_pattern
 */
libmosqcommon_EXPORT
int mosquitto_topic_matches_sub(const char *sub,
                                const char *topic,
                                bool *result);

/**
 * As mosquitto_topic_matches_sub(), for strings that need no NUL behind them.
 *
 * Parameters:
 *   sub      - the filter.
 *   sublen   - number of bytes of the filter.
 *   topic    - the topic name.
 *   topiclen - number of bytes of the topic name.
 *   result   - receives whether it matches; false if the call fails.
 *
 * Returns:
 *   as mosquitto_topic_matches_sub().
 *
 * Threads: may be called at any time from any thread.
 */
libmosqcommon_EXPORT
int mosquitto_topic_matches_sub2(const char *sub,
                                 size_t sublen,
                                 const char *topic,
                                 size_t topiclen,
                                 bool *result);

/**
 * As mosquitto_topic_matches_sub(), for a filter in which the level %c stands for a client identifier and
 * the level %u for a user name.
 *
 * Parameters:
 *   sub      - the filter.
 *   topic    - the topic name.
 *   clientid - what %c stands for. If it is NULL or empty, a filter with %c matches nothing.
 *   username - what %u stands for, likewise.
 *   result   - receives whether it matches; false if the call fails.
 *
 * Returns:
 *   as mosquitto_topic_matches_sub().
 *
 * Threads: may be called at any time from any thread.
 */
libmosqcommon_EXPORT
int mosquitto_topic_matches_sub_with_pattern(const char *sub,
                                             const char *topic,
                                             const char *clientid,
                                             const char *username,
                                             bool *result);

/**
 * Tell whether an access rule covers a subscription: whether every topic that matches the subscription
 * matches the rule.
 *
 * Parameters:
 *   acl    - the topic filter of the rule.
 *   sub    - the topic filter of the subscription.
 *   result - receives whether the rule covers it; false if the call fails.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - *result is the answer.
 *   MOSQ_ERR_INVAL - an argument is NULL or empty, or a filter is not valid (this is noticed as far as the
 *     comparison gets).
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_sub_matches_acl_with_pattern
 */
libmosqcommon_EXPORT
int mosquitto_sub_matches_acl(const char *acl,
                              const char *sub,
                              bool *result);

/**
 * As mosquitto_sub_matches_acl(), for a rule in which the level %c stands for a client identifier and the
 * level %u for a user name.
 *
 * Parameters:
 *   acl      - the topic filter of the rule.
 *   sub      - the topic filter of the subscription.
 *   clientid - what %c stands for. If it is NULL, empty, "+", "#" or "/", a rule with %c covers nothing.
 *   username - what %u stands for, likewise.
 *   result   - receives whether the rule covers it; false if the call fails.
 *
 * Returns:
 *   as mosquitto_sub_matches_acl().
 *
 * Threads: may be called at any time from any thread.
 */
libmosqcommon_EXPORT
int mosquitto_sub_matches_acl_with_pattern(const char *acl,
                                           const char *sub,
                                           const char *clientid,
                                           const char *username,
                                           bool *result);

/**
 * Split a topic or topic filter at each /. For example "a//b" gives "a", NULL, "b", and "/" gives NULL,
 * NULL. Nothing is checked.
 *
 * Parameters:
 *   subtopic - the topic.
 *   topics   - receives an array of strings, to be freed with mosquitto_sub_topic_tokens_free(). Empty
 *              levels are NULL.
 *   count    - receives the number of levels.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - split.
 *   MOSQ_ERR_INVAL - an argument is NULL.
 *   MOSQ_ERR_NOMEM - out of memory.
 *
 * Threads: may be called at any time from any thread.
 */
libmosqcommon_EXPORT
int mosquitto_sub_topic_tokenise(const char *subtopic,
                                 char ***topics,
                                 int *count);

/**
 * Free what mosquitto_sub_topic_tokenise() made, and set the variable to NULL.
 *
 * Parameters:
 *   topics - the array.
 *   count  - its number of levels.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - freed.
 *   MOSQ_ERR_INVAL - topics or *topics is NULL, or count is less than 1.
 *
 * Threads: any thread, as long as no other uses the same array.
 */
libmosqcommon_EXPORT int mosquitto_sub_topic_tokens_free(char ***topics, int count);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBCOMMON_TOPIC_H */
