/* SPDX-License-Identifier: BSD-2-Clause */
/* The language of back-ends. A line that cannot be done yet is tried again when something changes.
 */
#include "backend/internal.h"

enum outcome { NEXT, WAIT, JUMPED };

struct verb {
	const char *name;
	uint32_t least; /* words after it */
	enum outcome (*run)(struct sim_device *device, struct device_line *line);
};

static enum outcome run_state(struct sim_device *device, struct device_line *line)
{
	device_write(device, false, "state", line->word[1]);
	return NEXT;
}

static bool front_is(struct sim_device *device, const char *wanted)
{
	char state[32];

	if (device_read(device, true, "state", state, sizeof(state)) < 0)
		return !sim_strcmp(wanted, "gone");
	return !sim_strcmp(state, wanted);
}

/* `await 4 6`: either. */
static enum outcome run_await(struct sim_device *device, struct device_line *line)
{
	for (uint32_t i = 1; i < line->words; i++)
		if (front_is(device, line->word[i]))
			return NEXT;
	return WAIT;
}

static enum outcome run_await_key(struct sim_device *device, struct device_line *line)
{
	char value[256];

	return device_read(device, true, line->word[1], value, sizeof(value)) < 0 ? WAIT : NEXT;
}

static enum outcome run_expect(struct sim_device *device, struct device_line *line)
{
	for (uint32_t i = 1; i < line->words; i++)
		if (front_is(device, line->word[i]))
			return NEXT;
	sim_fail(device->control->sim, "%s: script line %u: the front-end is not in state %s",
		device->config.class, line->number, line->word[1]);
	return NEXT;
}

static enum outcome write_key(struct sim_device *device, struct device_line *line, bool front)
{
	device_write(device, front, line->word[1], line->words > 2 ? line->word[2] : "");
	return NEXT;
}

static enum outcome run_write(struct sim_device *device, struct device_line *line)
{
	return write_key(device, line, false);
}

static enum outcome run_write_front(struct sim_device *device, struct device_line *line)
{
	return write_key(device, line, true);
}

static enum outcome run_remove(struct sim_device *device, struct device_line *line)
{
	device_remove(device, false, line->word[1]);
	return NEXT;
}

static enum outcome run_vanish(struct sim_device *device, struct device_line *line)
{
	(void)line;
	device_remove(device, false, "");
	return NEXT;
}

/* `delay A B`: from A to B microseconds; `delay A`: A. */
static enum outcome run_delay(struct sim_device *device, struct device_line *line)
{
	struct sim *sim = device->control->sim;
	uint32_t from = 0, to = 0;

	if (device->until && sim_now(sim) >= device->until) {
		device->until = 0;
		return NEXT;
	}
	if (device->until)
		return WAIT;
	device_number(line->word[1], &from);
	to = from;
	if (line->words > 2)
		device_number(line->word[2], &to);
	device->until = sim_now(sim) + from * SIM_US +
			(to > from ? sim_random(sim, to - from) * SIM_US : 0) + 1;
	return WAIT;
}

static enum outcome run_map(struct sim_device *device, struct device_line *line)
{
	device_map(device, line->word[1]);
	return NEXT;
}

static enum outcome run_bind(struct sim_device *device, struct device_line *line)
{
	device_bind(device, line->word[1]);
	return NEXT;
}

static enum outcome run_let_go(struct sim_device *device, struct device_line *line)
{
	(void)line;
	device_let_go(device);
	return NEXT;
}

static enum outcome run_notify(struct sim_device *device, struct device_line *line)
{
	(void)line;
	sim_device_notify(device);
	return NEXT;
}

/* `storm N`: N events, one after the other. */
static enum outcome run_storm(struct sim_device *device, struct device_line *line)
{
	uint32_t *sent = &device->counted[device->at], all = 0;

	device_number(line->word[1], &all);
	sim_device_notify(device);
	if (++*sent < all)
		return JUMPED;
	*sent = 0;
	return NEXT;
}

/* `serve N`: until N answers were given; `serve`: until the front-end leaves Connected. */
static enum outcome run_serve(struct sim_device *device, struct device_line *line)
{
	uint32_t wanted = 0, done = 0;
	bool more;

	if (!device->config.model)
		return NEXT;
	if (line->words > 1)
		device_number(line->word[1], &wanted);
	more = device->config.model->serve(device, device->state, &done);
	device->goal += done;
	device->served += done;
	if ((wanted && device->goal >= wanted) || (!wanted && !front_is(device, "4"))) {
		device->goal = 0;
		return NEXT;
	}
	return more ? JUMPED : WAIT;
}

static enum outcome run_model(struct sim_device *device, struct device_line *line)
{
	uint32_t number = 0;

	if (line->words > 2)
		device_number(line->word[2], &number);
	if (!device->config.model ||
		!device->config.model->command(device, device->state, line->word[1], number))
		sim_fail(device->control->sim, "%s: script line %u: the model knows no %s",
			device->config.class, line->number, line->word[1]);
	return NEXT;
}

static enum outcome go_to(struct sim_device *device, struct device_line *line, const char *label)
{
	for (uint32_t i = 0; i < device->lines; i++) {
		if (sim_strcmp(device->line[i].word[0], "label") || device->line[i].words < 2 ||
			sim_strcmp(device->line[i].word[1], label))
			continue;
		device->at = i;
		return JUMPED;
	}
	sim_fail(device->control->sim, "%s: script line %u: there is no label %s",
		device->config.class, line->number, label);
	return NEXT;
}

static enum outcome run_goto(struct sim_device *device, struct device_line *line)
{
	return go_to(device, line, line->word[1]);
}

/* `repeat LABEL N`: goes there N times. */
static enum outcome run_repeat(struct sim_device *device, struct device_line *line)
{
	uint32_t all = 0, *count = &device->counted[device->at];

	device_number(line->word[2], &all);
	if ((*count)++ < all)
		return go_to(device, line, line->word[1]);
	*count = 0;
	return NEXT;
}

static enum outcome run_chance(struct sim_device *device, struct device_line *line)
{
	uint32_t permille = 0;

	device_number(line->word[1], &permille);
	if (sim_chance(device->control->sim, permille))
		return go_to(device, line, line->word[2]);
	return NEXT;
}

static enum outcome run_label(struct sim_device *device, struct device_line *line)
{
	(void)device;
	(void)line;
	return NEXT;
}

static enum outcome run_log(struct sim_device *device, struct device_line *line)
{
	sim_log(device->control->sim, "%s: %s", device->config.class, line->word[1]);
	return NEXT;
}

static const struct verb verbs[] = {
	{ "await", 1, run_await },
	{ "await-key", 1, run_await_key },
	{ "bind", 1, run_bind },
	{ "chance", 2, run_chance },
	{ "delay", 1, run_delay },
	{ "expect", 1, run_expect },
	{ "goto", 1, run_goto },
	{ "label", 1, run_label },
	{ "let-go", 0, run_let_go },
	{ "log", 1, run_log },
	{ "map", 1, run_map },
	{ "model", 1, run_model },
	{ "notify", 0, run_notify },
	{ "remove", 1, run_remove },
	{ "repeat", 2, run_repeat },
	{ "serve", 0, run_serve },
	{ "state", 1, run_state },
	{ "storm", 1, run_storm },
	{ "vanish", 0, run_vanish },
	{ "write", 1, run_write },
	{ "write-front", 1, run_write_front },
};

static const struct verb *find_verb(const char *name)
{
	for (uint32_t i = 0; i < SIM_ARRAY_SIZE(verbs); i++)
		if (!sim_strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static void parse_line(struct sim_device *device, char *text, uint32_t number)
{
	struct device_line *line = &device->line[device->lines];
	const struct verb *verb;

	*line = (struct device_line){ .number = number };
	while (*text && line->words < DEVICE_WORDS) {
		while (*text == ' ' || *text == '\t')
			text++;
		if (!*text || *text == '#')
			break;
		line->word[line->words++] = text;
		while (*text && *text != ' ' && *text != '\t')
			text++;
		if (*text)
			*text++ = '\0';
	}
	if (!line->words)
		return;
	verb = find_verb(line->word[0]);
	if (!verb || line->words <= verb->least)
		sim_fail(device->control->sim, "%s: script line %u: %s: unknown, or words missing",
			device->config.class, number, line->word[0]);
	else if (++device->lines == DEVICE_LINES)
		sim_abort("a script is too long");
}

void device_parse(struct sim_device *device, const char *script)
{
	uint32_t number = 1;
	char *text;

	sim_release(device->text);
	device->text = device_copy(script);
	device->lines = 0;
	text = device->text;
	while (*text) {
		char *line = text;

		while (*text && *text != '\n')
			text++;
		if (*text)
			*text++ = '\0';
		parse_line(device, line, number++);
	}
}

uint64_t device_step(struct sim_device *device)
{
	struct device_line *line;

	if (device->at >= device->lines) {
		device->ended = true;
		return SIM_NEVER;
	}
	line = &device->line[device->at];
	switch (find_verb(line->word[0])->run(device, line)) {
	case NEXT:
		device->at++;
		return 0;
	case JUMPED:
		return 0;
	case WAIT:
		break;
	}
	return device->until ? device->until : SIM_NEVER;
}
