/*
 * Lists of MQTT 5 properties. A list is a pointer to its first element, NULL if it is empty; the
 * mosquitto_property_add_*() functions make it longer, mosquitto_property_free_all() frees it. A list that a
 * callback gets belongs to the library and is only read.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */

#ifndef MOSQUITTO_LIBCOMMON_PROPERTIES_H
#define MOSQUITTO_LIBCOMMON_PROPERTIES_H

/* Made by cbindgen from src/ffi: make headers. Changes made here are lost. */

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Append a property whose value is one byte to a list.
 *
 * Parameters:
 *   proplist   - the list; *proplist is NULL for the empty list and changes only then.
 *   identifier - one of the MQTT_PROP_* whose values are bytes.
 *   value      - any value; mosquitto_property_check_all() knows which ones are allowed.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - appended.
 *   MOSQ_ERR_INVAL - proplist is NULL, or identifier is not one of those. The list is unchanged.
 *   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
 *
 * Threads: any thread, as long as no other uses the same list.
 *
 * See also: mosquitto_property_free_all
 */
libmosqcommon_EXPORT
int mosquitto_property_add_byte(mosquitto_property **proplist,
                                int identifier,
                                uint8_t value);

/**
 * Append a property whose value is a two byte integer to a list.
 *
 * Parameters:
 *   proplist   - the list; *proplist is NULL for the empty list and changes only then.
 *   identifier - one of the MQTT_PROP_* whose values are two byte integers.
 *   value      - any value; mosquitto_property_check_all() knows which ones are allowed.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - appended.
 *   MOSQ_ERR_INVAL - proplist is NULL, or identifier is not one of those. The list is unchanged.
 *   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
 *
 * Threads: any thread, as long as no other uses the same list.
 *
 * See also: mosquitto_property_free_all
 */
libmosqcommon_EXPORT
int mosquitto_property_add_int16(mosquitto_property **proplist,
                                 int identifier,
                                 uint16_t value);

/**
 * Append a property whose value is a four byte integer to a list.
 *
 * Parameters:
 *   proplist   - the list; *proplist is NULL for the empty list and changes only then.
 *   identifier - one of the MQTT_PROP_* whose values are four byte integers.
 *   value      - any value; mosquitto_property_check_all() knows which ones are allowed.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - appended.
 *   MOSQ_ERR_INVAL - proplist is NULL, or identifier is not one of those. The list is unchanged.
 *   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
 *
 * Threads: any thread, as long as no other uses the same list.
 *
 * See also: mosquitto_property_free_all
 */
libmosqcommon_EXPORT
int mosquitto_property_add_int32(mosquitto_property **proplist,
                                 int identifier,
                                 uint32_t value);

/**
 * Append a property whose value is a variable byte integer to a list.
 *
 * Parameters:
 *   proplist   - the list; *proplist is NULL for the empty list and changes only then.
 *   identifier - MQTT_PROP_SUBSCRIPTION_IDENTIFIER.
 *   value      - at most 268435455.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - appended.
 *   MOSQ_ERR_INVAL - proplist is NULL, identifier is another one, or value is too large. The list is
 *     unchanged.
 *   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
 *
 * Threads: any thread, as long as no other uses the same list.
 *
 * See also: mosquitto_property_free_all
 */
libmosqcommon_EXPORT
int mosquitto_property_add_varint(mosquitto_property **proplist,
                                  int identifier,
                                  uint32_t value);

/**
 * Append a property whose value is binary data to a list.
 *
 * Parameters:
 *   proplist   - the list; *proplist is NULL for the empty list and changes only then.
 *   identifier - MQTT_PROP_CORRELATION_DATA or MQTT_PROP_AUTHENTICATION_DATA.
 *   value      - the data, which is copied; may be NULL if len is 0.
 *   len        - number of bytes.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - appended.
 *   MOSQ_ERR_INVAL - proplist is NULL, identifier is another one, or value is NULL and len is not 0. The
 *     list is unchanged.
 *   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
 *
 * Threads: any thread, as long as no other uses the same list.
 *
 * See also: mosquitto_property_free_all
 */
libmosqcommon_EXPORT
int mosquitto_property_add_binary(mosquitto_property **proplist,
                                  int identifier,
                                  const void *value,
                                  uint16_t len);

/**
 * Append a property whose value is a string to a list.
 *
 * Parameters:
 *   proplist   - the list; *proplist is NULL for the empty list and changes only then.
 *   identifier - one of the MQTT_PROP_* whose values are strings.
 *   value      - UTF-8 without control characters, at most 65535 bytes; it is copied. NULL means "".
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - appended.
 *   MOSQ_ERR_INVAL - proplist is NULL, or identifier is not one of those. The list is unchanged.
 *   MOSQ_ERR_MALFORMED_UTF8 - value is too long, or is not such a string. The list is unchanged.
 *   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
 *
 * Threads: any thread, as long as no other uses the same list.
 *
 * See also: mosquitto_property_free_all, mosquitto_validate_utf8
 */
libmosqcommon_EXPORT
int mosquitto_property_add_string(mosquitto_property **proplist,
                                  int identifier,
                                  const char *value);

/**
 * Append a property whose value is a pair of strings to a list.
 *
 * Parameters:
 *   proplist   - the list; *proplist is NULL for the empty list and changes only then.
 *   identifier - MQTT_PROP_USER_PROPERTY.
 *   name       - UTF-8 without control characters, at most 65535 bytes; it is copied. NULL means "".
 *   value      - as name, except that other bytes are noticed only by the call that would send them, which
 *                returns MOSQ_ERR_MALFORMED_UTF8.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - appended.
 *   MOSQ_ERR_INVAL - proplist is NULL, or identifier is another one. The list is unchanged.
 *   MOSQ_ERR_MALFORMED_UTF8 - name or value is too long, or name is not such a string. The list is
 *     unchanged.
 *   MOSQ_ERR_NOMEM - out of memory. The list is unchanged.
 *
 * Threads: any thread, as long as no other uses the same list.
 *
 * See also: mosquitto_property_free_all, mosquitto_validate_utf8
 */
libmosqcommon_EXPORT
int mosquitto_property_add_string_pair(mosquitto_property **proplist,
                                       int identifier,
                                       const char *name,
                                       const char *value);

/**
 * Find a property whose value is one byte.
 *
 * Parameters:
 *   proplist   - the list; NULL is the empty list.
 *   identifier - one of the MQTT_PROP_* whose values are bytes.
 *   value      - receives the value if found; may be NULL.
 *   skip_first - false: find the first property with this identifier. true: find the second one; to visit
 *                all of them, pass what the last call returned as proplist and true.
 *
 * Returns:
 *   the property; or NULL if there is none, or its values are not bytes.
 *
 * Threads: any thread, as long as no other changes the list.
 */
libmosqcommon_EXPORT
const mosquitto_property *mosquitto_property_read_byte(const mosquitto_property *proplist,
                                                       int identifier,
                                                       uint8_t *value,
                                                       bool skip_first);

/**
 * Find a property whose value is a two byte integer.
 *
 * Parameters:
 *   proplist   - the list; NULL is the empty list.
 *   identifier - one of the MQTT_PROP_* whose values are two byte integers.
 *   value      - receives the value if found; may be NULL.
 *   skip_first - false: find the first property with this identifier. true: find the second one; to visit
 *                all of them, pass what the last call returned as proplist and true.
 *
 * Returns:
 *   the property; or NULL if there is none, or its values are not two byte integers.
 *
 * Threads: any thread, as long as no other changes the list.
 */
libmosqcommon_EXPORT
const mosquitto_property *mosquitto_property_read_int16(const mosquitto_property *proplist,
                                                        int identifier,
                                                        uint16_t *value,
                                                        bool skip_first);

/**
 * Find a property whose value is a four byte integer.
 *
 * Parameters:
 *   proplist   - the list; NULL is the empty list.
 *   identifier - one of the MQTT_PROP_* whose values are four byte integers.
 *   value      - receives the value if found; may be NULL.
 *   skip_first - false: find the first property with this identifier. true: find the second one; to visit
 *                all of them, pass what the last call returned as proplist and true.
 *
 * Returns:
 *   the property; or NULL if there is none, or its values are not four byte integers.
 *
 * Threads: any thread, as long as no other changes the list.
 */
libmosqcommon_EXPORT
const mosquitto_property *mosquitto_property_read_int32(const mosquitto_property *proplist,
                                                        int identifier,
                                                        uint32_t *value,
                                                        bool skip_first);

/**
 * Find a property whose value is a variable byte integer.
 *
 * Parameters:
 *   proplist   - the list; NULL is the empty list.
 *   identifier - MQTT_PROP_SUBSCRIPTION_IDENTIFIER.
 *   value      - receives the value if found; may be NULL.
 *   skip_first - false: find the first property with this identifier. true: find the second one; to visit
 *                all of them, pass what the last call returned as proplist and true.
 *
 * Returns:
 *   the property; or NULL if there is none, or its values are not variable byte integers.
 *
 * Threads: any thread, as long as no other changes the list.
 */
libmosqcommon_EXPORT
const mosquitto_property *mosquitto_property_read_varint(const mosquitto_property *proplist,
                                                         int identifier,
                                                         uint32_t *value,
                                                         bool skip_first);

/**
 * Find a property whose value is binary data.
 *
 * Parameters:
 *   proplist   - the list; NULL is the empty list.
 *   identifier - MQTT_PROP_CORRELATION_DATA or MQTT_PROP_AUTHENTICATION_DATA.
 *   value      - receives a copy of the data, to be freed with free(), or NULL if it has no bytes. NULL is
 *                also stored if no property is found in a list that is not empty. May be NULL if len is.
 *   len        - receives the number of bytes if found. May be NULL if value is.
 *   skip_first - false: find the first property with this identifier. true: find the second one; to visit
 *                all of them, pass what the last call returned as proplist and true.
 *
 * Returns:
 *   the property; or NULL if there is none, if its values are not binary data, if only one of value and
 *   len is NULL, or if out of memory.
 *
 * Threads: any thread, as long as no other changes the list.
 */
libmosqcommon_EXPORT
const mosquitto_property *mosquitto_property_read_binary(const mosquitto_property *proplist,
                                                         int identifier,
                                                         void **value,
                                                         uint16_t *len,
                                                         bool skip_first);

/**
 * Find a property whose value is a string.
 *
 * Parameters:
 *   proplist   - the list; NULL is the empty list.
 *   identifier - one of the MQTT_PROP_* whose values are strings.
 *   value      - receives a copy of the string if found, NUL-terminated, to be freed with free(); or NULL
 *                if the string is empty. May be NULL.
 *   skip_first - false: find the first property with this identifier. true: find the second one; to visit
 *                all of them, pass what the last call returned as proplist and true.
 *
 * Returns:
 *   the property; or NULL if there is none, if its values are not strings, or if out of memory.
 *
 * Threads: any thread, as long as no other changes the list.
 */
libmosqcommon_EXPORT
const mosquitto_property *mosquitto_property_read_string(const mosquitto_property *proplist,
                                                         int identifier,
                                                         char **value,
                                                         bool skip_first);

/**
 * Find a property whose value is a pair of strings.
 *
 * Parameters:
 *   proplist    - the list; NULL is the empty list.
 *   identifier  - MQTT_PROP_USER_PROPERTY.
 *   name, value - receive copies of the two strings, NUL-terminated, each to be freed with free(); or NULL
 *                 for an empty string. NULL is also stored if no property is found in a list that is not
 *                 empty. May be NULL.
 *   skip_first  - false: find the first property with this identifier. true: find the second one; to visit
 *                 all of them, pass what the last call returned as proplist and true.
 *
 * Returns:
 *   the property; or NULL if there is none, if its values are not pairs of strings, or if out of memory.
 *
 * Threads: any thread, as long as no other changes the list.
 */
libmosqcommon_EXPORT
const mosquitto_property *mosquitto_property_read_string_pair(const mosquitto_property *proplist,
                                                              int identifier,
                                                              char **name,
                                                              char **value,
                                                              bool skip_first);

/**
 * Tell which property it is.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   one of MQTT_PROP_*; or 0 for NULL.
 *
 * Threads: any thread, as long as no other changes the property.
 */
libmosqcommon_EXPORT int mosquitto_property_identifier(const mosquitto_property *property);

/**
 * Tell which type the value of a property has.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   one of MQTT_PROP_TYPE_*; or 0 for NULL.
 *
 * Threads: any thread, as long as no other changes the property.
 */
libmosqcommon_EXPORT int mosquitto_property_type(const mosquitto_property *property);

/**
 * Tell the value of a property of type MQTT_PROP_TYPE_BYTE.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   the value; or 0 if the type is another one, and for NULL.
 *
 * Threads: any thread, as long as no other changes the property.
 */
libmosqcommon_EXPORT uint8_t mosquitto_property_byte_value(const mosquitto_property *property);

/**
 * Tell the value of a property of type MQTT_PROP_TYPE_INT16.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   the value; or 0 if the type is another one, and for NULL.
 *
 * Threads: any thread, as long as no other changes the property.
 */
libmosqcommon_EXPORT
uint16_t mosquitto_property_int16_value(const mosquitto_property *property);

/**
 * Tell the value of a property of type MQTT_PROP_TYPE_INT32.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   the value; or 0 if the type is another one, and for NULL.
 *
 * Threads: any thread, as long as no other changes the property.
 */
libmosqcommon_EXPORT
uint32_t mosquitto_property_int32_value(const mosquitto_property *property);

/**
 * Tell the value of a property of type MQTT_PROP_TYPE_VARINT.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   the value; or 0 if the type is another one, and for NULL.
 *
 * Threads: any thread, as long as no other changes the property.
 */
libmosqcommon_EXPORT
uint32_t mosquitto_property_varint_value(const mosquitto_property *property);

/**
 * Tell the value of a property of type MQTT_PROP_TYPE_BINARY.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   the data, which belongs to the property and lasts as long; or NULL if it has no bytes, if the type is
 *   another one, and for NULL.
 *
 * Threads: any thread, as long as no other changes the property.
 *
 * See also: mosquitto_property_binary_value_length
 */
libmosqcommon_EXPORT
const void *mosquitto_property_binary_value(const mosquitto_property *property);

/**
 * Tell the number of bytes of mosquitto_property_binary_value().
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   the number; or 0 if the type is another one, and for NULL.
 *
 * Threads: any thread, as long as no other changes the property.
 */
libmosqcommon_EXPORT
uint16_t mosquitto_property_binary_value_length(const mosquitto_property *property);

/**
 * Tell the value of a property of type MQTT_PROP_TYPE_STRING, or the second string of one of type
 * MQTT_PROP_TYPE_STRING_PAIR.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   the string, NUL-terminated, which belongs to the property and lasts as long; or NULL if the type is
 *   another one, for NULL, and possibly if the string is empty.
 *
 * Threads: any thread, as long as no other changes the property.
 *
 * See also: mosquitto_property_string_value_length, mosquitto_property_string_name
 */
libmosqcommon_EXPORT
const char *mosquitto_property_string_value(const mosquitto_property *property);

/**
 * Tell the number of bytes of mosquitto_property_string_value() without its NUL.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   the number; or 0 if the type is another one, and for NULL.
 *
 * Threads: any thread, as long as no other changes the property.
 */
libmosqcommon_EXPORT
uint16_t mosquitto_property_string_value_length(const mosquitto_property *property);

/**
 * Tell the first string of a property of type MQTT_PROP_TYPE_STRING_PAIR.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   the string, NUL-terminated, which belongs to the property and lasts as long; or NULL if the type is
 *   another one, for NULL, and possibly if the string is empty.
 *
 * Threads: any thread, as long as no other changes the property.
 *
 * See also: mosquitto_property_string_name_length, mosquitto_property_string_value
 */
libmosqcommon_EXPORT
const char *mosquitto_property_string_name(const mosquitto_property *property);

/**
 * Tell the number of bytes of mosquitto_property_string_name() without its NUL.
 *
 * Parameters:
 *   property - a property, or NULL.
 *
 * Returns:
 *   the number; or 0 if the type is another one, and for NULL.
 *
 * Threads: any thread, as long as no other changes the property.
 */
libmosqcommon_EXPORT
uint16_t mosquitto_property_string_name_length(const mosquitto_property *property);

/**
 * Go to the next property of a list.
 *
 * Parameters:
 *   proplist - a property of a list, or NULL.
 *
 * Returns:
 *   the property behind it; or NULL behind the last one, and for NULL.
 *
 * Threads: any thread, as long as no other changes the list.
 *
 * See also: mosquitto_property_identifier, mosquitto_property_type
 */
libmosqcommon_EXPORT
mosquitto_property *mosquitto_property_next(const mosquitto_property *proplist);

/**
 * Copy a list of properties.
 *
 * Parameters:
 *   dest - receives the copy, to be freed with mosquitto_property_free_all(). What it pointed to before
 *          is not freed. Not written if src is NULL.
 *   src  - the list; NULL is the empty list.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - copied, or src is NULL.
 *   MOSQ_ERR_INVAL - dest is NULL and src is not, or the list is damaged.
 *   MOSQ_ERR_NOMEM - out of memory; *dest is NULL.
 *
 * Threads: any thread, as long as no other changes the list.
 */
libmosqcommon_EXPORT
int mosquitto_property_copy_all(mosquitto_property **dest,
                                const mosquitto_property *src);

/**
 * Take a property out of a list. It is not freed: it becomes a list of its own, which
 * mosquitto_property_free_all() frees.
 *
 * Parameters:
 *   proplist - the list.
 *   property - the property to take out.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - taken out.
 *   MOSQ_ERR_INVAL - an argument is NULL.
 *   MOSQ_ERR_NOT_FOUND - the list does not contain this property.
 *
 * Threads: any thread, as long as no other uses the same list.
 */
libmosqcommon_EXPORT
int mosquitto_property_remove(mosquitto_property **proplist,
                              const mosquitto_property *property);

/**
 * Free a list of properties with everything in it, and set the variable to NULL.
 *
 * Parameters:
 *   properties - the list; NULL, and a pointer to NULL, are fine.
 *
 * Threads: any thread, as long as no other uses the same list.
 */
libmosqcommon_EXPORT void mosquitto_property_free_all(mosquitto_property **properties);

/**
 * Tell the name of a property, for example "content-type" for MQTT_PROP_CONTENT_TYPE.
 *
 * Parameters:
 *   identifier - one of MQTT_PROP_*.
 *
 * Returns:
 *   the name, a constant string; or NULL if there is no such property.
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_string_to_property_info
 */
libmosqcommon_EXPORT const char *mosquitto_property_identifier_to_string(int identifier);

/**
 * Find a property by its name.
 *
 * Parameters:
 *   propname   - the name, in upper or lower case.
 *   identifier - receives one of MQTT_PROP_*.
 *   type       - receives one of MQTT_PROP_TYPE_*.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - found.
 *   MOSQ_ERR_INVAL - there is no such property, or an argument is NULL. Nothing is stored.
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_property_identifier_to_string
 */
libmosqcommon_EXPORT
int mosquitto_string_to_property_info(const char *propname,
                                      int *identifier,
                                      int *type);

/**
 * Tell whether a kind of packet may carry a property.
 *
 * Parameters:
 *   command    - one of CMD_*, or CMD_WILL for the properties of a will.
 *   identifier - one of MQTT_PROP_*.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - it may.
 *   MOSQ_ERR_PROTOCOL - it may not, or there is no such property.
 *
 * Threads: may be called at any time from any thread.
 *
 * See also: mosquitto_property_check_all
 */
libmosqcommon_EXPORT int mosquitto_property_check_command(int command, int identifier);

/**
 * Tell whether a kind of packet may carry a list of properties. The functions that send a list check
 * it, too.
 *
 * Parameters:
 *   command    - one of CMD_*, or CMD_WILL for the properties of a will.
 *   properties - the list; NULL is the empty list.
 *
 * Returns:
 *   MOSQ_ERR_SUCCESS - it may.
 *   MOSQ_ERR_PROTOCOL - a value is not allowed, or a property is not allowed in this packet.
 *   MOSQ_ERR_DUPLICATE_PROPERTY - a property other than MQTT_PROP_USER_PROPERTY occurs twice.
 *   The first property that is wrong decides.
 *
 * Threads: any thread, as long as no other changes the list.
 *
 * See also: mosquitto_property_check_command
 */
libmosqcommon_EXPORT
int mosquitto_property_check_all(int command,
                                 const mosquitto_property *properties);

#ifdef __cplusplus
}
#endif

#endif /* MOSQUITTO_LIBCOMMON_PROPERTIES_H */
