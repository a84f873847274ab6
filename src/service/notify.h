/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* notify.h - tell systemd how the service is: sd_notify(3) */
#ifndef MT_SERVICE_NOTIFY_H
#define MT_SERVICE_NOTIFY_H

/** mt_notify() - send "READY=1" and the like; without systemd nothing happens */
void mt_notify(const char *state);

/** mt_notify_watchdog_ms() - how often "WATCHDOG=1" is to be sent; 0: never */
unsigned mt_notify_watchdog_ms(void);

#endif
