/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watches for drivers that want a restart (UNPLUG's Reboot, a volatile key each), and asks whoever
 * is logged on, or restarts the system by itself if the administrator has said so.
 */
#include "monitor.h"

#include <wchar.h>

/* Nobody has wanted a restart for so long: those that were made were worth it. */
#define SETTLED_SECONDS 600
/* A notice that does not come, or a bus that is not there to be watched, costs no more than this.
 */
#define LOOK_SECONDS	30

struct monitor {
	HANDLE stop, changed;
	HKEY bus;
	struct policy_state state;
	struct question question;
	uint64_t began;
	BOOL watching, restarting;
};

static uint64_t seconds(void)
{
	return GetTickCount64() / 1000;
}

/* Once for each change; a bus that was removed, and perhaps came back, is opened anew. */
static void watch(struct monitor *m)
{
	if (m->watching)
		return;
	if (!m->bus && RegOpenKeyExW(HKEY_LOCAL_MACHINE, BUS_KEY, 0, KEY_NOTIFY, &m->bus) !=
			       ERROR_SUCCESS) {
		m->bus = NULL;
		return;
	}
	m->watching = RegNotifyChangeKeyValue(m->bus, TRUE, REG_NOTIFY_CHANGE_NAME, m->changed,
			      TRUE) == ERROR_SUCCESS;
	if (m->watching)
		return;
	RegCloseKey(m->bus);
	m->bus = NULL;
}

/* Counted first: a system that restarts again and again stops doing so, whatever else fails. */
static void restart(struct monitor *m, const struct policy *policy, DWORD reboots, BOOL asked)
{
	WCHAR text[TEXT_UNITS];

	if (!asked && !settings_set_reboots(reboots + 1)) {
		settings_status(L"not restarting: the count of restarts cannot be written");
		return;
	}
	settings_text(L"RestartText", text,
		L"The system restarts so that its drivers for Xen can "
		L"be used.");
	m->restarting = system_restart(text, asked ? 0 : policy->auto_timeout, !asked);
	settings_status(m->restarting ? L"restarting" : L"the restart was refused");
}

static void ask(struct monitor *m, const struct policy *policy, DWORD session, const WCHAR *driver)
{
	settings_text(L"DialogTitle", m->question.title, L"Xen drivers");
	settings_text(L"DialogText", m->question.text,
		L"The system has to be restarted before its drivers for Xen can be used. Restart "
		L"now?");
	m->question.session = session;
	m->question.seconds = policy->prompt_timeout;
	InterlockedExchange(&m->question.answer, ANSWER_NONE);
	if (!system_ask(&m->question)) {
		InterlockedExchange(&m->question.answer, ANSWER_TIMEOUT);
		SetEvent(m->question.answered);
	}
	settings_status(driver);
}

static void settle(const struct monitor *m, DWORD reboots)
{
	if (reboots && seconds() - m->began > SETTLED_SECONDS)
		(void)settings_set_reboots(0);
}

/* Seconds until the next look; INFINITE: when something happens. */
static DWORD look(struct monitor *m)
{
	WCHAR driver[NAME_UNITS] = L"", status[TEXT_UNITS];
	struct policy policy;
	struct moment now = { .now = seconds() };
	DWORD reboots, session = 0;
	uint64_t when;

	settings_read(&policy, &reboots);
	now.requested = settings_request(driver);
	now.reboots = reboots;
	now.answer = (enum answer)InterlockedExchange(&m->question.answer, ANSWER_NONE);
	if (now.requested) {
		now.installing = system_installing();
		now.required = system_required();
		now.attended = system_session(&session);
	}
	switch (policy_decide(&policy, &m->state, &now, &when)) {
	case DEED_NOTHING:
		settings_status(L"idle");
		settle(m, reboots);
		return LOOK_SECONDS;
	case DEED_WAIT:
		swprintf(status, TEXT_UNITS, L"%ls: waiting: %ls", driver,
			now.installing ? L"an installer is at work"
			: now.required ? L"the system is in use"
				       : L"nobody is logged on");
		settings_status(status);
		break;
	case DEED_ASK:
		swprintf(status, TEXT_UNITS, L"%ls: asking", driver);
		ask(m, &policy, session, status);
		break;
	case DEED_ASKED:
		break;
	case DEED_REBOOT:
		restart(m, &policy, reboots, now.answer == ANSWER_YES);
		break;
	case DEED_GIVE_UP:
		swprintf(status, TEXT_UNITS, L"%ls: restarted %lu times, and no more", driver,
			(unsigned long)reboots);
		settings_status(status);
		break;
	}
	return when > now.now ? (DWORD)(when - now.now) : INFINITE;
}

void monitor_run(HANDLE stop)
{
	struct monitor m = { .stop = stop, .began = seconds() };
	HANDLE events[3];

	m.changed = CreateEventW(NULL, FALSE, FALSE, NULL);
	m.question.answered = CreateEventW(NULL, FALSE, FALSE, NULL);
	events[0] = stop;
	events[1] = m.changed;
	events[2] = m.question.answered;
	while (m.changed && m.question.answered) {
		DWORD next, event;

		watch(&m);
		next = m.restarting ? INFINITE : look(&m);
		if (!m.restarting && next > LOOK_SECONDS)
			next = LOOK_SECONDS;
		event = WaitForMultipleObjects(
			3, events, FALSE, next == INFINITE ? INFINITE : next * 1000);
		if (event == WAIT_OBJECT_0)
			break;
		if (event == WAIT_OBJECT_0 + 1)
			m.watching = FALSE;
	}
	/* A question may be out; the process ends, and its thread with it. */
	settings_status(L"stopped");
	if (m.bus)
		RegCloseKey(m.bus);
}
