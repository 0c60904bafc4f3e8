#include "indexer/choices.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/frequent_choice.h"
#include "indexer/word_choice.h"

/* The work of one thread, while another trains the dictionary. */
struct words_work {
    const struct spool *spool;
    struct choices *out;
    bool ok;
    struct error failure;
};

static void *choose_words(void *context)
{
    struct words_work *work = context;
    struct choices *out = work->out;
    work->ok = word_choice_of_spool(work->spool, &out->words, &work->failure) &&
               frequent_choice_of_spool(work->spool, out->words, &out->frequent, &work->failure);
    return NULL;
}

bool choices_make(const struct spool *spool, const struct vocabulary *vocabulary,
                  struct choices *out, struct error *err)
{
    struct words_work work = {.spool = spool, .out = out};
    pthread_t thread;
    int status = pthread_create(&thread, NULL, choose_words, &work);
    if (status != 0)
        return error_set(err, ERROR_SYSTEM, NULL, "cannot start a thread: %s", strerror(status));
    bool ok = !vocabulary || dictionary_train(spool, vocabulary, &out->dictionary, err);
    pthread_join(thread, NULL);
    if (ok && !work.ok)
        ok = error_set(err, work.failure.code, work.failure.where, "%s", work.failure.text);
    return ok;
}

void choices_clear(struct choices *choices)
{
    dictionary_clear(&choices->dictionary);
    free(choices->words);
    free(choices->frequent);
    *choices = (struct choices){0};
}
