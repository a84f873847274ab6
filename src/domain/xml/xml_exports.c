/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xml_exports.c - the one symbol that the module exports */
#include "domain/domain.h"
#include "domain/xml/xml.h"

__attribute__((visibility("default"))) const struct mt_xml mt_xml_module = {
	.abi = MT_XML_ABI,
	.parse = mt_xml_parse,
	.schema_open = mt_xml_schema_open,
	.schema_close = mt_xml_schema_close,
	.validate = mt_xml_validate,
};
