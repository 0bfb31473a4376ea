// Any bytes at all for the reader of facts: it takes them or says why not. What it takes has to
// hold what it promises: facts with unlike keys, places in order, a rest that is part of the text.
//
// fail.c is compiled with exit by another name, mem.c with calloc: refusals come back here, and the
// arena is emptied after every text.
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

#define calloc fuzz_calloc
void *fuzz_calloc(size_t count, size_t size);
#include "../../src/mem.c"
#undef calloc

#include "conf.h"

static jmp_buf refused;
static struct list_of_chunks {
	void *at[64];
	int count;
} chunks;

__attribute__((noreturn)) void fuzz_exit(int status);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_exit(int status)
{
	if (status != 2)
		abort();
	longjmp(refused, 1);
}

void *fuzz_calloc(size_t count, size_t size)
{
	if (chunks.count == 64)
		abort();
	return chunks.at[chunks.count++] = calloc(count, size);
}

static void empty_arena(void)
{
	while (chunks.count)
		free(chunks.at[--chunks.count]);
	chunk_left = 0;
}

static void check(const struct conf *conf, const char *text)
{
	int line = 0;
	if (conf->rest < text || conf->rest > text + strlen(text) || conf->rest_line < 1)
		abort();
	EACH(const struct fact, fact, conf->facts) {
		if (fact->line <= line || fact->line > conf->rest_line || !*fact->key ||
		    !fact->value)
			abort();
		line = fact->line;
		if (conf_fact(conf, fact->key) != fact)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	// outside of the arena, with its end in sight of the sanitizer
	char *text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	if (!setjmp(refused))
		check(conf_parse("fuzz", text, NULL), text);
	free(text);
	empty_arena();
	return 0;
}
