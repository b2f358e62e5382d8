#include "gb28181/domain/gb_device_on.h"

#include "gb28181/domain/gb_query.h"

/** All that it says are hints that never block a watch (gb28181.md 5.4): it goes to who asked,
 * nowhere else. */
void gb_device_on_status(gb_device *device, const gb_manscdp *message) {
	gb_query *query = gb_query_find(device, GB_CMD_DEVICE_STATUS, message->sn);
	if(!query)
		return;
	gb_query_result result = {
		.end = message->result == GB_RESULT_ERROR ? GB_QUERY_REFUSED : GB_QUERY_ANSWERED,
		.sip_status = 200,
		.sip_reason = message->reason,
		.status = message->has_body ? &message->status : NULL,
	};
	gb_query_finish(query, &result);
}
