/* SPDX-License-Identifier: BSD-2-Clause */
/* sim_platform.h in Wine's driver process, which is a user process. */
#include "sim_platform.h"

#include "internal.h"

struct sim_gate {
	HANDLE event;
};

struct sim_mutex {
	USER_LOCK lock;
};

struct sim_thread {
	HANDLE handle;
	void (*entry)(void *);
	void *argument;
};

void *sim_alloc(size_t size)
{
	void *memory = HeapAlloc(GetProcessHeap(), USER_HEAP_ZERO, size ? size : 1);

	if (!memory)
		sim_abort("out of memory");
	return memory;
}

void sim_release(void *memory)
{
	if (memory)
		HeapFree(GetProcessHeap(), 0, memory);
}

void *sim_pages_alloc(size_t count)
{
	void *pages = VirtualAlloc(NULL, count * 4096, USER_RESERVE | USER_COMMIT, USER_READWRITE);

	if (!pages)
		sim_abort("out of memory");
	return pages;
}

void sim_pages_release(void *pages)
{
	if (pages)
		VirtualFree(pages, 0, USER_RELEASE);
}

struct sim_gate *sim_gate_new(void)
{
	struct sim_gate *gate = sim_alloc(sizeof(*gate));

	gate->event = CreateEventW(NULL, FALSE, FALSE, NULL);
	return gate;
}

void sim_gate_free(struct sim_gate *gate)
{
	CloseHandle(gate->event);
	sim_release(gate);
}

void sim_gate_open(struct sim_gate *gate)
{
	SetEvent(gate->event);
}

void sim_gate_pass(struct sim_gate *gate)
{
	WaitForSingleObject(gate->event, USER_INFINITE);
}

bool sim_gate_try(struct sim_gate *gate, uint64_t timeout)
{
	return WaitForSingleObject(gate->event, (ULONG)(timeout / 10000)) == 0;
}

struct sim_mutex *sim_mutex_new(void)
{
	struct sim_mutex *mutex = sim_alloc(sizeof(*mutex));

	InitializeCriticalSection(&mutex->lock);
	return mutex;
}

void sim_mutex_free(struct sim_mutex *mutex)
{
	DeleteCriticalSection(&mutex->lock);
	sim_release(mutex);
}

void sim_mutex_take(struct sim_mutex *mutex)
{
	EnterCriticalSection(&mutex->lock);
}

void sim_mutex_give(struct sim_mutex *mutex)
{
	LeaveCriticalSection(&mutex->lock);
}

static ULONG NTAPI begin(PVOID argument)
{
	struct sim_thread *thread = argument;

	thread->entry(thread->argument);
	return 0;
}

struct sim_thread *sim_thread_start(void (*entry)(void *), void *argument)
{
	struct sim_thread *thread = sim_alloc(sizeof(*thread));

	thread->entry = entry;
	thread->argument = argument;
	thread->handle = CreateThread(NULL, 0, begin, thread, 0, NULL);
	if (!thread->handle)
		sim_abort("no thread");
	return thread;
}

void sim_thread_join(struct sim_thread *thread)
{
	WaitForSingleObject(thread->handle, USER_INFINITE);
	CloseHandle(thread->handle);
	sim_release(thread);
}

void sim_thread_exit(void)
{
	ExitThread(0);
}

uint64_t sim_clock(void)
{
	return ShimClock();
}

/* Windows' knows no ll of its own kind, but takes it for 64 bits, which it is. */
int sim_vformat(char *buffer, size_t size, const char *format, va_list arguments)
{
	int length = _vsnprintf(buffer, size - 1, format, arguments);

	buffer[size - 1] = 0;
	return length < 0 ? (int)size - 1 : length;
}

/* What a driver logs as an error is kept, the latest: see "sim errors". */
static char error[160];

const char *xensim_error(void)
{
	return error;
}

void xensim_error_forget(void)
{
	error[0] = 0;
}

/* And the latest lines of any kind: see "sim heard". */
#define LINES 64
static char lines[LINES][160];
static unsigned int line_count;

const char *xensim_heard(const char *text)
{
	for (unsigned int i = line_count; i-- > 0 && line_count - i <= LINES;)
		if (strstr(lines[i % LINES], text))
			return lines[i % LINES];
	return "";
}

void sim_print(const char *line)
{
	ShimLog("%s", line);
	_snprintf(lines[line_count++ % LINES], sizeof(lines[0]) - 1, "%s", line);
	if (strstr(line, "|ERROR") || strstr(line, "|CRITICAL"))
		_snprintf(error, sizeof(error) - 1, "%s", line);
}

void sim_abort(const char *why)
{
	ShimFail(__builtin_return_address(0), "the simulator gives up: %s", why);
	ExitProcess(3);
}
