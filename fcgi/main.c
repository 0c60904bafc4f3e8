/* sitrep-fcgi: answers questions for nginx. docs/serving.md is its manual. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fcgi/listener.h"
#include "fcgi/log.h"
#include "fcgi/master.h"
#include "schema/error.h"

#define DEFAULT_INDEX  "/var/lib/sitrep"
#define DEFAULT_SOCKET "/run/sitrep/sitrep.sock"

static const char usage[] =
    "usage: sitrep-fcgi [--index DIR] [--socket PATH] [--web DIR] [--workers N]\n"
    "Answers searches over FastCGI, for nginx.\n"
    "\n"
    "  --index DIR    the index ($SITREP_INDEX, else " DEFAULT_INDEX ")\n"
    "  --socket PATH  the Unix socket to make (" DEFAULT_SOCKET "); not used\n"
    "                 where systemd or spawn-fcgi passed one\n"
    "  --web DIR      templates and static files (" SITREP_WEB ")\n"
    "  --workers N    processes that answer (as many as there are processors)\n"
    "  --help, --version\n"
    "\n"
    "SIGHUP opens templates and index anew; SIGTERM ends it once all that was asked\n"
    "is answered.\n";

static bool read_workers(const char *text, unsigned *out, struct error *err)
{
    char *end;
    long number = strtol(text, &end, 10);

    if (*end || end == text || number < 1 || number > (long)MASTER_WORKERS_MAX)
        return error_set(err, ERROR_USAGE, "--workers", "wants a number from 1 to %u",
                         MASTER_WORKERS_MAX);
    *out = (unsigned)number;
    return true;
}

/* Where they were installed, else where this was built from. */
static const char *default_web(void)
{
    return access(SITREP_WEB, R_OK) == 0 ? SITREP_WEB : SITREP_SOURCE_WEB;
}

static unsigned default_workers(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    if (processors < 1)
        return 1;
    return processors > (long)MASTER_WORKERS_MAX ? MASTER_WORKERS_MAX : (unsigned)processors;
}

/* '*done' where the option itself was all that was asked. */
static bool read_options(int argc, char **argv, struct master_options *options,
                         const char **socket_path, bool *done, struct error *err)
{
    static const struct option known[] = {
        {"index", required_argument, NULL, 'i'},
        {"socket", required_argument, NULL, 's'},
        {"web", required_argument, NULL, 'w'},
        {"workers", required_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 'i')
            options->index = optarg;
        else if (option == 's')
            *socket_path = optarg;
        else if (option == 'w')
            options->web = optarg;
        else if (option == 'n' && !read_workers(optarg, &options->workers, err))
            return false;
        else if (option == 'h' || option == 'v') {
            fputs(option == 'h' ? usage : "sitrep-fcgi " SITREP_VERSION "\n", stdout);
            *done = true;
            return true;
        } else if (option == '?')
            return error_set(err, ERROR_USAGE, "", "see sitrep-fcgi --help");
    }
    if (optind < argc)
        return error_set(err, ERROR_USAGE, argv[optind],
                         "is not an option; see sitrep-fcgi --help");
    return true;
}

static bool open_listener(const char *path, struct listener *out, struct error *err)
{
    bool inherited = false;

    if (!listener_inherit(out, &inherited, err))
        return false;
    return inherited || listener_open(path, out, err);
}

int main(int argc, char **argv)
{
    const char *index = getenv("SITREP_INDEX");
    struct master_options options = {.index = index ? index : DEFAULT_INDEX,
                                     .web = default_web(),
                                     .workers = default_workers(),
                                     .long_reports = MASTER_LONG_REPORTS};
    const char *socket_path = DEFAULT_SOCKET;
    struct listener listener = {.fd = -1};
    struct error err = {0};
    bool done = false;

    bool ok = read_options(argc, argv, &options, &socket_path, &done, &err);
    if (ok && !done) {
        ok = open_listener(socket_path, &listener, &err) && master_run(&options, &listener, &err);
        listener_close(&listener);
    }
    if (ok)
        return EXIT_SUCCESS;
    log_line("%s%s%s", err.where, err.where[0] ? ": " : "", err.text);
    return error_exit_status(err.code);
}
