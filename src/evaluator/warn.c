/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* warn.c - the warnings about a guest's XML, as lines of the answer */
#include "evaluator/warn.h"
#include "domain/domain.h"
#include "evaluator/complete.h"

#include <stdio.h>
#include <string.h>

/* About what a line of the log has room for. */
#define TEXT_MAX 900

static int warn(struct mt_reply *say, const char *text)
{
	return mt_reply_line(say, "warn", (const char *[]){ "text", text, NULL });
}

static int index_of(const struct mt_fact *nic)
{
	return (int)mt_fact_get(nic, "index")->integer;
}

int mt_warn_unknown(struct mt_reply *say, const struct mt_fact *facts)
{
	char text[TEXT_MAX + 1] = "passed over, for it is unknown to this moontap:";
	size_t n = strlen(text), begun = n;

	mt_fact_each (nic, mt_fact_get(facts, "nics")) {
		const struct mt_fact *unknown = mt_fact_get(nic, "unknown");

		if (!unknown)
			continue;
		mt_fact_each (what, unknown)
			if (n < sizeof text)
				n += (size_t)snprintf(text + n, sizeof text - n, "%s NIC %d: %s",
						      n == begun ? "" : ";", index_of(nic),
						      what->string);
	}
	return n == begun ? 0 : warn(say, text);
}

int mt_warn_dropped(struct mt_reply *say, const struct mt_eval_request *q,
		    const struct mt_fact *facts)
{
	int err = 0;

	mt_fact_each (nic, mt_fact_get(facts, "nics")) {
		const char *what;
		size_t i = 0;

		if (!mt_fact_selected(q, nic))
			continue;
		while (!err && (what = mt_domain_dropped(facts, nic, &i))) {
			char text[TEXT_MAX];

			snprintf(text, sizeof text, "NIC %d: %s", index_of(nic), what);
			err = warn(say, text);
		}
	}
	return err;
}
