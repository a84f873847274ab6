/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* varlink_tables.c - io.moontap and org.varlink.service, as tables */
#include "varlink/varlink_tables.h"

#define STEP(m)	  offsetof(struct moontap_step, m)
#define NIC(m)	  offsetof(struct moontap_nic, m)
#define STATUS(m) offsetof(struct mt_varlink_status, m)
#define IN(m)	  offsetof(struct mt_varlink_params, m)
#define OUT(m)	  offsetof(struct mt_varlink_reply, m)
#define ERROR(m)  offsetof(struct mt_varlink_error, m)

#define TEXT	MT_VARLINK_TEXT, false
#define TEXT_IF MT_VARLINK_TEXT, true
#define UINT	MT_VARLINK_UINT, false
#define BOOL	MT_VARLINK_BOOL, false
#define TEXTS	MT_VARLINK_TEXTS, false
#define STRUCTS MT_VARLINK_STRUCTS, false

/* --- types ------------------------------------------------------------------------------------ */

static const struct mt_varlink_struct step = {
	.name = "Step",
	.doc = "A step of a plan. op: add, set, delete, or same, which changes nothing. record: "
	       "the\n"
	       "object's key and the fields put, as in moontap-policy(5). command: the same for "
	       "sh.\n"
	       "place: where the policy declares it. shared: NICs share the object, as a bridge.",
	.size = sizeof(struct moontap_step),
	.fields = (const struct mt_varlink_field[]){ { "op", TEXT, STEP(op) },
						     { "kind", TEXT, STEP(kind) },
						     { "object", TEXT, STEP(object) },
						     { "record", TEXT, STEP(record) },
						     { "command", TEXT, STEP(command) },
						     { "place", TEXT_IF, STEP(place) },
						     { "shared", BOOL, STEP(shared) },
						     { NULL } },
};

static const struct mt_varlink_struct nic = {
	.name = "Nic",
	.doc = "index: in the guest's XML, from 1. mac, dev: \"\" when there is none. decision: "
	       "the\n"
	       "policy's, managed or unmanaged. note: why nothing was planned. undone: steps "
	       "undone.",
	.size = sizeof(struct moontap_nic),
	.fields = (const struct mt_varlink_field[]){ { "index", UINT, NIC(index) },
						     { "type", TEXT, NIC(type) },
						     { "mac", TEXT, NIC(mac) },
						     { "dev", TEXT, NIC(dev) },
						     { "unmanaged", BOOL, NIC(unmanaged) },
						     { "decision", TEXT_IF, NIC(decision) },
						     { "note", TEXT_IF, NIC(note) },
						     { "steps", STRUCTS, NIC(steps), &step },
						     { "undone", STRUCTS, NIC(undone), &step },
						     { NULL } },
};

static const struct mt_varlink_struct status = {
	.name = "NicStatus",
	.doc = "state: one of those of `moontap status`. link: down, up, no carrier; of a tap in "
	       "use,\n"
	       "idle; \"\" without a device. since: seconds since 1970; 0: it is not connected.\n"
	       "drift: what somebody else has changed.",
	.size = sizeof(struct mt_varlink_status),
	.fields = (const struct mt_varlink_field[]){ { "guest", TEXT, STATUS(guest) },
						     { "driver", TEXT, STATUS(driver) },
						     { "uuid", TEXT, STATUS(uuid) },
						     { "index", UINT, STATUS(index) },
						     { "dev", TEXT, STATUS(dev) },
						     { "mac", TEXT, STATUS(mac) },
						     { "unmanaged", BOOL, STATUS(unmanaged) },
						     { "state", TEXT, STATUS(state) },
						     { "link", TEXT, STATUS(link) },
						     { "master", TEXT, STATUS(master) },
						     { "since", MT_VARLINK_UINT64, false,
						       STATUS(since) },
						     { "by", TEXT, STATUS(by) },
						     { "policy", TEXT, STATUS(policy) },
						     { "checksum", TEXT, STATUS(checksum) },
						     { "drift", TEXTS, STATUS(drift) },
						     { NULL } },
};

static const struct mt_varlink_struct *const none[] = { NULL };
static const struct mt_varlink_struct *const ours[] = { &step, &nic, &status, NULL };

#define SERVICE "org.varlink.service"
#define MOONTAP "io.moontap"

const struct mt_varlink_interface mt_varlink_interfaces[] = {
	{ SERVICE, "What every varlink service has", none },
	{ MOONTAP,
	  "Connect the network interfaces of virtual machines. A user, other than root, gets what\n"
	  "the policy allows, and sees what is that user's.",
	  ours },
	{ NULL },
};

const char *const mt_varlink_names[] = { SERVICE, MOONTAP, NULL };

/* --- methods ---------------------------------------------------------------------------------- */

static const struct mt_varlink_field info[] = {
	{ "vendor", TEXT, OUT(vendor) },	  { "product", TEXT, OUT(product) },
	{ "version", TEXT, OUT(version) },	  { "url", TEXT, OUT(url) },
	{ "interfaces", TEXTS, OUT(interfaces) }, { NULL }
};

static const struct mt_varlink_field interface[] = { { "interface", TEXT, IN(interface) },
						     { NULL } };

static const struct mt_varlink_field description[] = { { "description", TEXT, OUT(description) },
						       { NULL } };

static const struct mt_varlink_field guest_or_xml[] = {
	{ "xml", TEXT_IF, IN(xml) },
	{ "name", TEXT_IF, IN(name) },
	{ "nics", MT_VARLINK_NUMBERS, true, IN(nics) },
	{ NULL },
};

static const struct mt_varlink_field connected[] = { { "nics", STRUCTS, OUT(nics), &nic },
						     { "driver", TEXT, OUT(driver) },
						     { "guest", TEXT, OUT(guest) },
						     { "warnings", TEXTS, OUT(warnings) },
						     { NULL } };

static const struct mt_varlink_field guest_and_nics[] = {
	{ "guest", TEXT, IN(guest) }, { "nics", MT_VARLINK_NUMBERS, true, IN(nics) }, { NULL }
};

static const struct mt_varlink_field disconnected[] = { { "nics", STRUCTS, OUT(nics), &nic },
							{ "guest", TEXT, OUT(guest) },
							{ NULL } };

static const struct mt_varlink_field guest_or_all[] = { { "guest", TEXT_IF, IN(guest) }, { NULL } };

static const struct mt_varlink_field states[] = { { "nics", STRUCTS, OUT(status), &status },
						  { NULL } };

static const struct mt_varlink_field wish[] = { { "bridge", TEXT, IN(bridge) },
						{ "vnet_hdr", MT_VARLINK_BOOL, true, IN(vnet_hdr) },
						{ NULL } };

static const struct mt_varlink_field opened[] = { { "dev", TEXT, OUT(dev) },
						  { "fd", UINT, OUT(fd) },
						  { NULL } };

#define TAKES(f)                                                        \
	{                                                               \
		.fields = (f), .size = sizeof(struct mt_varlink_params) \
	}
#define RETURNS(f)                                                     \
	{                                                              \
		.fields = (f), .size = sizeof(struct mt_varlink_reply) \
	}

const struct mt_varlink_method_row mt_varlink_methods[] = {
	[MT_CALL_INFO] = { SERVICE, "GetInfo", TAKES(NULL), RETURNS(info), "Who serves" },
	[MT_CALL_DESCRIBE] = { SERVICE, "GetInterfaceDescription", TAKES(interface),
			       RETURNS(description), "The text of an interface, as this one" },
	[MT_CALL_PLAN] = { MOONTAP, "Plan", TAKES(guest_or_xml), RETURNS(connected),
			   "What Up would do; changes nothing" },
	[MT_CALL_UP] = { MOONTAP, "Up", TAKES(guest_or_xml), RETURNS(connected),
			 "Connect all NICs of a guest, or only some, all or none. xml: libvirt's "
			 "XML of\n"
			 "the guest. name: the guest's, instead of the one in the XML; without "
			 "xml, of a\n"
			 "guest of root's that is remembered." },
	[MT_CALL_DOWN] = { MOONTAP, "Down", TAKES(guest_and_nics), RETURNS(disconnected),
			   "Disconnect a guest, by its name, its uuid or a device. Of a guest "
			   "that\n"
			   "is not connected nothing is done, and nics is empty." },
	[MT_CALL_STATUS] = { MOONTAP, "Status", TAKES(guest_or_all), RETURNS(states),
			     "The state of a guest's NICs, found as by Down, or of all guests'. "
			     "Called\n"
			     "with more, it is said again after each change." },
	[MT_CALL_OPEN_TAP] = { MOONTAP, "OpenTap", TAKES(wish), RETURNS(opened),
			       "Make a tap for a user's QEMU that asks for a bridge. Its "
			       "descriptor "
			       "comes\n"
			       "along with the reply; the tap is gone when nobody has it open." },
	{ NULL },
};

/* --- errors ----------------------------------------------------------------------------------- */

static const struct mt_varlink_field failed[] = {
	{ "what", TEXT, ERROR(what) },	 { "on", TEXT, ERROR(on) },	{ "why", TEXT, ERROR(why) },
	{ "where", TEXT, ERROR(where) }, { "exit", UINT, ERROR(exit) }, { NULL }
};

static const struct mt_varlink_field why[] = { { "why", TEXT, ERROR(why) }, { NULL } };

static const struct mt_varlink_field no_interface[] = { { "interface", TEXT, ERROR(subject) },
							{ NULL } };

static const struct mt_varlink_field no_method[] = { { "method", TEXT, ERROR(subject) }, { NULL } };

static const struct mt_varlink_field bad_parameter[] = { { "parameter", TEXT, ERROR(subject) },
							 { NULL } };

#define IS(name, fields, doc)                                      \
	{                                                          \
		name, fields, sizeof(struct mt_varlink_error), doc \
	}

const struct mt_varlink_error_row mt_varlink_errors[] = {
	[MT_CALL_FAILED] = { MOONTAP,
			     IS("Failed", failed,
				"As moontap prints it: WHERE: WHAT ON: WHY. exit: its exit "
				"status") },
	[MT_CALL_NOT_ALLOWED] = { MOONTAP,
				  IS("NotAllowed", why, "The policy does not allow the user") },
	[MT_CALL_ELSEWHERE] = { MOONTAP,
				IS("Elsewhere", NULL,
				   "The caller is in another network namespace than the service") },
	[MT_CALL_BUSY] = { MOONTAP, IS("Busy", why, "Too many connections: try later") },
	[MT_CALL_NO_INTERFACE] = { SERVICE, IS("InterfaceNotFound", no_interface, NULL) },
	[MT_CALL_NO_METHOD] = { SERVICE, IS("MethodNotFound", no_method, NULL) },
	[MT_CALL_NOT_IMPLEMENTED] = { SERVICE, IS("MethodNotImplemented", no_method, NULL) },
	[MT_CALL_BAD_PARAMETER] = { SERVICE, IS("InvalidParameter", bad_parameter, NULL) },
	{ NULL },
};
