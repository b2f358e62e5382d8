#include "cam_catalog.h"

#include <stdio.h>
#include <stdlib.h>

#include "cam_xml.h"

struct cam_catalog {
	char sn[32], target[32];
	uint32_t *order; /* numbers of the channels as they are sent */
	uint32_t count;
	uint32_t position;
	bool second_time; /* of the present part */
	bool empty_sent;
};

static void shuffle(cam_catalog *c, uint64_t seed) {
	cam_random random;
	cam_random_seed(&random, seed);
	for(uint32_t i = c->count; i > 1; i--) {
		uint32_t other = cam_random_u32(&random) % i, kept = c->order[i - 1];
		c->order[i - 1] = c->order[other];
		c->order[other] = kept;
	}
}

cam_catalog *cam_catalog_new(const cam_device *device, const char *sn, const char *target) {
	const cam_options *o = device->world->options;
	cam_catalog *c = cam_alloc(sizeof(*c));
	snprintf(c->sn, sizeof(c->sn), "%s", sn);
	snprintf(c->target, sizeof(c->target), "%s", target);
	c->count = (uint32_t)o->channels;
	c->order = cam_alloc(c->count * sizeof(*c->order));
	for(uint32_t i = 0; i < c->count; i++)
		c->order[i] = i;
	if(o->catalog_shuffle)
		shuffle(c, (uint64_t)o->seed + device->index);
	return c;
}

void cam_catalog_free(cam_catalog *catalog) {
	if(catalog == NULL)
		return;
	free(catalog->order);
	free(catalog);
}

static void put_item(const cam_device *d, uint32_t number, cam_buf *part) {
	const cam_options *o = d->world->options;
	char id[CAM_ID_SIZE], name[256], address[64];
	cam_world_channel_id(d->world, d->index, number, id);
	if(o->channels == 1)
		snprintf(name, sizeof(name), "%s", o->name);
	else
		snprintf(name, sizeof(name), "%s %u", o->name, number + 1);
	snprintf(address, sizeof(address), "Place %u", number + 1);
	cam_buf_text(part, "<Item>\r\n");
	cam_xml_element(part, "DeviceID", id);
	cam_xml_element(part, "Name", name);
	cam_xml_element(part, "Manufacturer", o->manufacturer);
	cam_xml_element(part, "Model", o->model);
	cam_xml_element(part, "Owner", "Owner");
	cam_buf_printf(part, "<CivilCode>%.6s</CivilCode>\r\n", id);
	cam_xml_element(part, "Address", address);
	cam_xml_element_int(part, "Parental", 0);
	cam_xml_element(part, "ParentID", d->id);
	cam_xml_element_int(part, "SafetyWay", 0);
	cam_xml_element_int(part, "RegisterWay", 1);
	cam_xml_element_int(part, "Secrecy", 0);
	cam_xml_element(part, "Status", o->status_off ? "OFF" : "ON");
	cam_buf_printf(part, "<Longitude>%.6f</Longitude>\r\n<Latitude>31.326319</Latitude>\r\n",
		118.376451 + number * 0.001);
	cam_buf_printf(part, "<Info>\r\n<PTZType>%d</PTZType>\r\n</Info>\r\n</Item>\r\n", o->ptz_type);
}

/** How many items there are behind the present position in this part. */
static uint32_t part_items(const cam_catalog *c, const cam_options *o) {
	uint32_t left = c->count - c->position, batch = (uint32_t)o->catalog_batch;
	return left < batch ? left : batch;
}

static bool at_end(const cam_catalog *c, const cam_options *o) {
	if(c->count == 0)
		return c->empty_sent;
	uint32_t left = c->count - c->position;
	return left == 0 || (o->catalog_drop_last && left <= (uint32_t)o->catalog_batch);
}

static void advance(cam_catalog *c, const cam_options *o, uint32_t items) {
	c->empty_sent = true;
	c->second_time = o->catalog_repeat && !c->second_time;
	if(!c->second_time)
		c->position += items;
}

bool cam_catalog_next(cam_catalog *c, const cam_device *device, cam_buf *part) {
	const cam_options *o = device->world->options;
	if(at_end(c, o))
		return false;
	uint32_t items = part_items(c, o);
	cam_device_xml(device, part);
	cam_buf_text(part, "<Response>\r\n");
	cam_xml_element(part, "CmdType", "Catalog");
	cam_xml_element(part, "SN", c->sn);
	cam_xml_element(part, "DeviceID", c->target);
	cam_xml_element_int(part, "SumNum", (long)c->count + (o->catalog_wrong_sum ? 1 : 0));
	if(c->count > 0) {
		cam_buf_printf(part, "<DeviceList Num=\"%u\">\r\n", items);
		for(uint32_t i = 0; i < items; i++)
			put_item(device, c->order[c->position + i], part);
		cam_buf_text(part, "</DeviceList>\r\n");
	}
	cam_buf_text(part, "</Response>\r\n");
	advance(c, o, items);
	return true;
}
