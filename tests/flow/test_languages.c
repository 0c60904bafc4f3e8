/* Reports in French, Russian, Arabic and Chinese, and English ones beside them, asked as their
 * readers would: by another case or number, without accents or points, in the middle of a run of
 * characters without spaces.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/buffer.h"
#include "search/answer.h"
#include "tests/flow/snapshot_fixture.h"

static const char actors[] = "actor: jnim\nlabel: JNIM\nkind: jihadist-group\nname: JNIM\n";

static const char *const rows[][4] = {
    {"fr1", "fr", "L'armée malienne reprend la ville",
     "Les forces armées maliennes sont entrées à Ménaka. Des hélicoptères ont survolé l'hôpital, "
     "et plusieurs civils blessés ont été évacués."},
    {"fr2", "fr", "Un cessez-le-feu a été signé",
     "Le négociateur qu’on attendait a signé l’accord de paix. D'anciens rebelles rendront leurs "
     "armes."},
    {"ru1", "ru", "Российские войска вошли в город",
     "Войска обстреляли больницу. Жители города укрылись в подвалах; погибли двое детей."},
    {"ru2", "ru", "Переговоры о прекращении огня",
     "Стороны подписали соглашение о перемирии. Всё ещё идёт обмен пленными."},
    {"ar1", "ar", "الجيش يعلن السيطرة على المدينة",
     "قال متحدث إن القوات المسلحة دخلت المدينة، وأُصيب عشرات المدنيين في هجوم على مستشفى."},
    {"ar2", "ar", "اتفاق على وقف إطلاق النار",
     "وقّعت الأطراف اتفاقية سلام في الخرطوم، وعاد اللاجئون إلى قراهم."},
    {"zh1", "zh", "政府军进入首都",
     "政府军昨日进入首都，反对派武装撤退。联合国表示，数百名平民在袭击中受伤。"},
    {"zh2", "zh", "双方签署停火协议", "双方在日内瓦签署停火协议，难民开始返回家园。"},
    {"en1", "en", "Troops enter the town", "The army entered the town and the rebels withdrew."},
    {"en2", "en", "Tents beside the road", "Refugees beg along the road."},
    {"uk1", "uk", "Паводок на Дністрі", "Вода затопила мости й дороги, люди покинули домівки."},
    {"uk2", "uk", "Після паводку", "Затопила вода поля; люди без домівок, мости зникли."},
    {"es1", "es", "Combates en la capital", "Los combates siguen en la capital. Piden ayuda."},
};

static int make_snapshot(void **state)
{
    struct report reports[ARRAY_LEN(rows)] = {0};
    struct error err = {0};
    (void)state;
    bool ok = fixture_init(&fixture, actors, NULL, &err);
    for (size_t i = 0; ok && i < ARRAY_LEN(rows); i++) {
        ok = fixture_report(rows[i][0], "2023-11-15", rows[i][2], rows[i][3], &reports[i], &err);
        reports[i].language = ok ? strdup(rows[i][1]) : NULL;
    }
    return open_snapshot(reports, ARRAY_LEN(rows), ok, &err);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct hit *)a)->id, ((const struct hit *)b)->id);
}

struct asked {
    const char *q, *found; /* ids in byte order */
};

/* 'q' as the value of a parameter. */
static void ask_all_as(const char *parameter, const struct asked *cases, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct question question;
        struct answer *answer;
        struct buffer got = {0};
        assert_true(question_init(&question, NULL));
        assert_true(question_set(&question, parameter, cases[i].q, NULL));
        assert_true(answer_make(snapshot, &question, &answer, NULL));
        qsort(answer->hits, answer->hit_count, sizeof answer->hits[0], by_id);
        for (size_t n = 0; n < answer->hit_count; n++)
            buffer_format(&got, "%s%s", n ? " " : "", answer->hits[n].id);
        if (strcmp(got.size ? got.bytes : "", cases[i].found) != 0) {
            print_error("%s: '%s', not '%s'\n", cases[i].q, got.size ? got.bytes : "",
                        cases[i].found);
            wrong++;
        }
        buffer_free(&got);
        answer_free(answer);
        question_clear(&question);
    }
    assert_int_equal(wrong, 0);
}

static void ask_all(const struct asked *cases, size_t count)
{
    ask_all_as("q", cases, count);
}

static void french(void **state)
{
    static const struct asked cases[] = {
        {"armee malienne", "fr1"},     /* without accents; elided in the title */
        {"ARMÉES MALIENNES", "fr1"},   /* the plural */
        {"malien", "fr1"},             /* the masculine of maliennes */
        {"hélicoptère", "fr1"},        /* the singular of des hélicoptères */
        {"hopitaux", "fr1"},           /* an irregular plural */
        {"l'hôpital", "fr1"},          /* elided, as it stands */
        {"hôpital civil", "fr1"},      /* civils */
        {"évacuer", "fr1"},            /* the infinitive of évacués */
        {"blessée", "fr1"},            /* the feminine of blessés */
        {"évacuées", "fr1"},           /* the feminine plural of évacués */
        {"négociateurs", "fr2"},       /* the plural */
        {"qu'on", "fr2"},              /* another apostrophe */
        {"l'accord de paix", "fr2"},   /* elided with another apostrophe */
        {"\"accord de paix\"", "fr2"}, /* a phrase behind an elision */
        {"cessez-le-feu", "fr2"},      /* a word of three */
        {"ancien rebelle", "fr2"},     /* d'anciens rebelles */
        {"arme", "fr1 fr2"},           /* armes, and armées: one stem */
    };
    (void)state;
    ask_all(cases, ARRAY_LEN(cases));
}

static void russian(void **state)
{
    static const struct asked cases[] = {
        {"российских войск", "ru1"},     /* genitive plural of a nominative */
        {"войсками", "ru1"},             /* instrumental */
        {"больница", "ru1"},             /* nominative of an accusative */
        {"город", "ru1"},                /* nominative: город, города */
        {"ГОРОДЕ", "ru1"},               /* prepositional, in capitals */
        {"подвал", "ru1"},               /* singular of в подвалах, and its stem */
        {"переговоров", "ru2"},          /* genitive */
        {"прекращение огня", "ru2"},     /* nominative of a prepositional */
        {"\"прекращении огня\"", "ru2"}, /* a phrase as it stands */
        {"\"прекращение огня\"", ""},    /* and one as it does not */
        {"соглашения", "ru2"},           /* plural */
        {"перемирие", "ru2"},            /* nominative of a prepositional */
        {"все еще", "ru2"},              /* without the points of ё */
        {"пленные", "ru2"},              /* nominative of an instrumental */
    };
    (void)state;
    ask_all(cases, ARRAY_LEN(cases));
}

static void arabic(void **state)
{
    static const struct asked cases[] = {
        {"الجيش", "ar1"},               /* as it stands */
        {"جيش", "ar1"},                 /* without the article */
        {"مدينة", "ar1"},               /* without the article */
        {"المستشفى", "ar1"},            /* with an article that the text has not */
        {"مستشفي", "ar1"},              /* yeh for alef maksura */
        {"اصيب", "ar1"},                /* without "and" */
        {"وأصيب", "ar1"},               /* with the conjunction, as it stands */
        {"مدنيين", "ar1"},              /* without the article */
        {"القُوّات المُسلّحة", "ar1"},      /* with harakat */
        {"\"القوات المسلحة\"", "ar1"},  /* a phrase */
        {"هجوم", "ar1"},                /* a plain word */
        {"الاتفاق", "ar2"},             /* the article before an alef */
        {"\"وقف اطلاق النار\"", "ar2"}, /* alef for alef with hamza below, in a phrase */
        {"والجيش", "ar1"},              /* "and the army" */
        {"بالمدينة", "ar1"},            /* "in the town" */
        {"لاجئ", "ar2"},                /* one refugee, for refugees */
        {"نار", "ar2"},                 /* without the article */
        {"اللاجئين", "ar2"},            /* another case of the plural */
        {"سـلام", "ar2"},               /* drawn long */
    };
    (void)state;
    ask_all(cases, ARRAY_LEN(cases));
}

static void chinese(void **state)
{
    static const struct asked cases[] = {
        {"首都", "zh1"},             /* a word of two characters in a run */
        {"政府军", "zh1"},           /* a word of three */
        {"政府", "zh1"},             /* and its first part */
        {"平民 受伤", "zh1"},        /* two words, far apart */
        {"联合国", "zh1"},           /* UN */
        {"反对派武装", "zh1"},       /* two words in a run */
        {"停火", "zh2"},             /* in title and text */
        {"停火协议", "zh2"},         /* a run of two words */
        {"\"签署停火协议\"", "zh2"}, /* a phrase */
        {"\"协议停火\"", ""},        /* in the other order */
        {"日内瓦", "zh2"},           /* Geneva */
        {"难民", "zh2"},             /* refugees */
    };
    (void)state;
    ask_all(cases, ARRAY_LEN(cases));
}

/* One question over several languages; and a language's endings are not those of another. */
static void together(void **state)
{
    static const struct asked cases[] = {
        {"hôpital OR больницы OR مستشفى", "ar1 fr1 ru1"},
        {"停火 OR cessez OR перемирия", "fr2 ru2 zh2"},
        {"rebel", "en1 fr2"},
        {"rebel lang:en", "en1"},
        {"войска -lang:ru", ""},
        {"began", ""},      /* by the rules of Spanish beg, which en2 has, and es1 has not */
        {"begging", "en2"}, /* by its own */
        {"refuge", ""},     /* the stem of refugees, and not of itself */
        {"combate", "es1"}, /* combates */
    };
    (void)state;
    ask_all(cases, ARRAY_LEN(cases));
}

/* Reports are like others by words of any letters. */
static void alike(void **state)
{
    static const struct asked cases[] = {
        {"uk1", "uk2"},
        {"uk2", "uk1"},
        {"es1", ""},
    };
    (void)state;
    ask_all_as("like", cases, ARRAY_LEN(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(french),  cmocka_unit_test(russian),  cmocka_unit_test(arabic),
        cmocka_unit_test(chinese), cmocka_unit_test(together), cmocka_unit_test(alike),
    };
    return cmocka_run_group_tests(tests, make_snapshot, close_snapshot);
}
