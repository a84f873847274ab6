/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dropped.c - what an <interface type='ethernet'> asks for and nobody does
 *
 * libvirt reads these elements and ignores them, or refuses them when the guest starts
 * (rules_qemu.c). They are for warnings only: a policy may do what they ask for.
 */
#include "domain/domain.h"

#include <string.h>

static const struct {
	const char *fact, *text;
	bool container; /* libvirt does it for a container */
	bool policy;	/* a guest that has it in moontap's metadata has a policy that does it */
} dropped[] = {
	{ "vlan",
	  "<vlan>: libvirt tags nothing on type='ethernet', and moontap does not unless the policy "
	  "does",
	  .policy = true },
	{ "isolated",
	  "<port isolated='yes'>: libvirt isolates nothing on type='ethernet'; in a policy: "
	  "isolated = true",
	  .policy = true },
	{ "coalesce", "<coalesce>: libvirt sets none on type='ethernet'" },
	{ "ips", "<ip>: nobody gives the guest this address (the host's is in <source>)", true },
	{ "routes", "<route>: nobody gives the guest this route (the host's is in <source>)",
	  true },
};

static bool asks(const struct mt_fact *f)
{
	return f && (f->type != MT_FACT_BOOLEAN || f->boolean);
}

const char *mt_domain_dropped(const struct mt_fact *facts, const struct mt_fact *nic, size_t *i)
{
	const char *hypervisor = mt_fact_text_at(facts, "domain.type");
	const char *type = mt_fact_text_at(nic, "type");
	bool container = hypervisor && !strcmp(hypervisor, "lxc");
	bool policy = mt_fact_get(nic, "metadata");

	if (!type || strcmp(type, "ethernet"))
		return NULL;
	while (*i < sizeof dropped / sizeof *dropped) {
		size_t at = (*i)++;

		if (asks(mt_fact_get(nic, dropped[at].fact)) &&
		    !(container && dropped[at].container) && !(policy && dropped[at].policy))
			return dropped[at].text;
	}
	return NULL;
}
