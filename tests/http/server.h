/* server.h: a real nginx before a real sitrep-fcgi, on a socket and a port of their own in a
 * directory of their own, for one test program.
 */
#ifndef SITREP_TEST_SERVER_H
#define SITREP_TEST_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct server {
    char directory[64]; /* holds everything below; removed at the end */
    char index[96], socket[96], log[96], nginx_conf[96];
    unsigned port;
    pid_t fcgi, nginx;
};

/* Why the tests cannot run here (no nginx), or NULL. */
const char *server_missing(void);

/* Makes directory and configuration; starts nothing. */
void server_prepare(struct server *server);
/* Publishes a generation of 'count' reports, each with the word 'word' in it, dated from
 * 2023-11-01 on, one a day; the first has the id "first". */
void server_index(const struct server *server, const char *word, unsigned count);
/* Starts sitrep-fcgi, and nginx before it; both answer on return. */
void server_start_fcgi(struct server *server, unsigned workers);
void server_start_nginx(struct server *server);
/* Ends what runs, gently, and waits for it; returns sitrep-fcgi's exit status. */
int server_stop_fcgi(struct server *server);
void server_stop_nginx(struct server *server);
/* Ends all and removes the directory. */
void server_end(struct server *server);

/* Runs a program to its end; returns its exit status, 128 + N for signal N. Its standard error goes
 * to the file 'errors' (NULL: /dev/null). */
int server_run(const char *errors, char *const *arguments);

/* The pids of the workers, in 'out'; returns their number. */
size_t server_workers(const struct server *server, pid_t *out, size_t room);
/* Waits until there are so many, none of them 'old'; false after 10 s. */
bool server_wait_workers(const struct server *server, size_t count, const pid_t *old,
                         size_t old_count);
/* How often 'text' stands in sitrep-fcgi's log. */
size_t server_log_count(const struct server *server, const char *text);
/* Waits until a worker answers from a generation with this many reports; false after 10 s. */
bool server_wait_reports(const struct server *server, unsigned reports);

struct response {
    long status; /* 0: no answer */
    char *head;  /* header lines */
    char *body;
    size_t body_size;
};

/* Asks once, over a connection of its own. 'method' NULL is GET; 'header' is one line or NULL. */
void server_ask(const struct server *server, const char *method, const char *path,
                const char *header, struct response *out);
void response_clear(struct response *response);
/* The value of a header, in a buffer that the next call overwrites; "" where it is absent. */
const char *response_header(const struct response *response, const char *name);
/* GET, and only the status. */
long server_status(const struct server *server, const char *path);

#endif
