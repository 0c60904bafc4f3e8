#include "tests/http/server.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NGINX     "/usr/sbin/nginx"
#define WAIT_MS   10000
#define STEP_MS   20
#define PATH_SIZE 256

static struct server *current; /* whose processes must not outlive the test */

/* What a test cannot go on without. */
static void must(bool fine, const char *what)
{
    if (fine)
        return;
    fprintf(stderr, "test server: %s: %s\n", what, strerror(errno));
    if (current && current->nginx > 0)
        kill(current->nginx, SIGTERM);
    if (current && current->fcgi > 0)
        kill(current->fcgi, SIGTERM);
    if (current)
        fprintf(stderr, "its logs are in %s\n", current->directory);
    exit(EXIT_FAILURE);
}

static void sleep_step(void)
{
    usleep(STEP_MS * 1000);
}

const char *server_missing(void)
{
    return access(NGINX, X_OK) == 0 ? NULL : "there is no " NGINX;
}

/* Processes. */

static pid_t start(const char *errors, char *const *arguments)
{
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid > 0)
        return pid;
    int log = open(errors ? errors : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0600);
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(arguments[0], arguments);
    _exit(127);
}

static int wait_end(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        must(errno == EINTR, "waitpid");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int server_run(const char *errors, char *const *arguments)
{
    return wait_end(start(errors, arguments));
}

/* Whether the process ends within WAIT_MS; its exit status. */
static bool wait_for_end(pid_t pid, int *out)
{
    for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
        int status;
        if (waitpid(pid, &status, WNOHANG) == pid) {
            *out = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
            return true;
        }
        sleep_step();
    }
    return false;
}

static int stop(pid_t *pid)
{
    int status = -1;
    if (*pid <= 0)
        return status;
    kill(*pid, SIGTERM);
    if (!wait_for_end(*pid, &status)) {
        kill(*pid, SIGKILL);
        status = wait_end(*pid);
    }
    *pid = 0;
    return status;
}

/* The directory. */

static unsigned free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 &&
             getsockname(fd, (struct sockaddr *)&address, &size) == 0,
         "a free port");
    close(fd);
    return ntohs(address.sin_port);
}

/* Copies the demo's configuration with its placeholders filled. */
static void write_conf(const struct server *server)
{
    char command[2048];
    snprintf(command, sizeof(command),
             "sed -e 's|@PORT@|%u|g' -e 's|@ROOT@|%s|g' -e 's|@STATE@|%s|g' -e 's|@SOCKET@|%s|g' "
             "-e 's|@USER@|%s|g' '%s/nginx/demo.conf.in' > '%s'",
             server->port, SITREP_ROOT, server->directory, server->socket,
             geteuid() == 0 ? "user root;" : "", SITREP_ROOT, server->nginx_conf);
    must(system(command) == 0, "sed");
}

/* Little enough to be read in no time, and enough to have an actor, and a region in a region. */
static void write_vocabulary(const struct server *server)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "%s/vocabulary", server->directory);
    must(mkdir(path, 0700) == 0, path);
    snprintf(path, sizeof(path), "%s/vocabulary/test.actors", server->directory);
    FILE *file = fopen(path, "we");
    must(file != NULL, path);
    fputs("actor: jnim\nlabel: JNIM\nkind: jihadist-group\n"
          "name: Jama'at Nusrat al-Islam wal-Muslimin\nname: JNIM | acronym\n",
          file);
    must(fclose(file) == 0, path);
    snprintf(path, sizeof(path), "%s/vocabulary/test.regions", server->directory);
    file = fopen(path, "we");
    must(file != NULL, path);
    fputs("region: ML\nlabel: Mali\nkind: country\nname: Mali\n\n"
          "region: ML-7\nlabel: Gao\nkind: division\nparent: ML\nname: Gao\n\n"
          "region: NO\nlabel: Norway\nkind: country\nname: Norway\n",
          file);
    must(fclose(file) == 0, path);
}

void server_prepare(struct server *server)
{
    *server = (struct server){.directory = "/tmp/sitrep-http-XXXXXX"};
    must(mkdtemp(server->directory) != NULL, "mkdtemp");
    snprintf(server->index, sizeof(server->index), "%s/index", server->directory);
    snprintf(server->socket, sizeof(server->socket), "%s/socket", server->directory);
    snprintf(server->log, sizeof(server->log), "%s/fcgi.log", server->directory);
    snprintf(server->nginx_conf, sizeof(server->nginx_conf), "%s/nginx.conf", server->directory);
    server->port = free_port();
    current = server;
    write_conf(server);
    write_vocabulary(server);
}

void server_index(const struct server *server, const char *word, unsigned count)
{
    char path[PATH_SIZE], index[PATH_SIZE], vocabulary[PATH_SIZE];
    char *build[] = {SITREP_INDEX_PROGRAM, "build",    "--index", index,
                     "--vocabulary",       vocabulary, path,      NULL};

    snprintf(index, sizeof(index), "%s", server->index);
    snprintf(vocabulary, sizeof(vocabulary), "%s/vocabulary", server->directory);
    snprintf(path, sizeof(path), "%s/%s.jsonl", server->directory, word);
    FILE *file = fopen(path, "we");
    must(file != NULL, path);
    for (unsigned i = 0; i < count; i++)
        fprintf(file,
                "{\"id\":\"%s%.0u\",\"date\":\"2023-11-%02u\",\"title\":\"Report %u of %s\","
                "\"body\":\"Fighters of JNIM were seen near Gao in Mali, says number %u: %s. "
                "Norway knows.\","
                "\"url\":\"https://example.org/%u\"}\n",
                i == 0 ? "first" : "number-", i, i % 30 + 1, i, word, i, word, i);
    must(fclose(file) == 0, path);
    must(server_run(server->log, build) == 0, "sitrep-index build");
}

void server_end(struct server *server)
{
    char command[PATH_SIZE];
    server_stop_nginx(server);
    server_stop_fcgi(server);
    must(!server_log_count(server, "Sanitizer") && !server_log_count(server, "runtime error"),
         "a sanitizer has found something");
    snprintf(command, sizeof(command), "rm -rf '%s'", server->directory);
    must(system(command) == 0, "rm");
    current = NULL;
}

/* The servers. */

static bool is_socket(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

void server_start_fcgi(struct server *server, unsigned workers)
{
    char count[16];
    char *arguments[] = {
        SITREP_FCGI_PROGRAM, "--index",   server->index, "--socket", server->socket, "--web",
        SITREP_ROOT "/web",  "--workers", count,         NULL};
    pid_t pids[64];

    snprintf(count, sizeof(count), "%u", workers);
    server->fcgi = start(server->log, arguments);
    for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
        if (is_socket(server->socket) && server_workers(server, pids, 64) >= workers)
            return;
        sleep_step();
    }
    must(false, "sitrep-fcgi does not start");
}

void server_start_nginx(struct server *server)
{
    char errors[PATH_SIZE];
    char *arguments[] = {NGINX,  "-p", server->directory, "-c", server->nginx_conf, "-e",
                         errors, "-g", "daemon off;",     NULL};
    struct response response;

    snprintf(errors, sizeof(errors), "%s/error.log", server->directory);
    server->nginx = start(NULL, arguments);
    for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
        server_ask(server, NULL, "/problems", NULL, &response);
        long status = response.status;
        response_clear(&response);
        if (status == 200)
            return;
        sleep_step();
    }
    must(false, "nginx does not start");
}

int server_stop_fcgi(struct server *server)
{
    return stop(&server->fcgi);
}

void server_stop_nginx(struct server *server)
{
    stop(&server->nginx);
}

size_t server_workers(const struct server *server, pid_t *out, size_t room)
{
    char path[PATH_SIZE];
    size_t count = 0;
    int pid;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)server->fcgi, (int)server->fcgi);
    FILE *file = fopen(path, "re");
    while (file && count < room && fscanf(file, "%d", &pid) == 1)
        out[count++] = pid;
    if (file)
        fclose(file);
    return count;
}

static bool has_any(const pid_t *pids, size_t count, const pid_t *old, size_t old_count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < old_count; k++)
            if (pids[i] == old[k])
                return true;
    return false;
}

bool server_wait_workers(const struct server *server, size_t count, const pid_t *old,
                         size_t old_count)
{
    pid_t pids[64];

    for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
        size_t found = server_workers(server, pids, 64);
        if (found == count && !has_any(pids, found, old, old_count))
            return true;
        sleep_step();
    }
    return false;
}

size_t server_log_count(const struct server *server, const char *text)
{
    char line[4096];
    size_t count = 0;
    FILE *file = fopen(server->log, "re");

    while (file && fgets(line, sizeof(line), file))
        count += strstr(line, text) != NULL;
    if (file)
        fclose(file);
    return count;
}

bool server_wait_reports(const struct server *server, unsigned reports)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "\"reports\":%u}", reports);
    for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
        struct response response;
        server_ask(server, NULL, "/readyz", NULL, &response);
        bool found = response.body && strstr(response.body, wanted);
        response_clear(&response);
        if (found)
            return true;
        sleep_step();
    }
    return false;
}

/* HTTP. */

struct text {
    char *bytes;
    size_t size;
};

static size_t collect(char *bytes, size_t one, size_t size, void *into)
{
    struct text *text = into;
    char *larger = realloc(text->bytes, text->size + size + 1);
    must(larger != NULL, "memory");
    memcpy(larger + text->size, bytes, size);
    text->bytes = larger;
    text->size += size;
    larger[text->size] = '\0';
    return one * size;
}

void server_ask(const struct server *server, const char *method, const char *path,
                const char *header, struct response *out)
{
    char url[65536];
    struct text head = {0}, body = {0};
    struct curl_slist *headers = header ? curl_slist_append(NULL, header) : NULL;
    CURL *curl = curl_easy_init();

    must(curl != NULL, "libcurl");
    snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", server->port, path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &head);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    if (method && !strcmp(method, "HEAD"))
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    else if (method)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);

    *out = (struct response){0};
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out->status);
    out->head = head.bytes;
    out->body = body.bytes ? body.bytes : calloc(1, 1);
    out->body_size = body.size;
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
}

void response_clear(struct response *response)
{
    free(response->head);
    free(response->body);
    *response = (struct response){0};
}

const char *response_header(const struct response *response, const char *name)
{
    static char value[4096];
    size_t size = strlen(name);

    value[0] = '\0';
    for (const char *line = response->head; line && *line;) {
        const char *end = strstr(line, "\r\n");
        if (!end)
            break;
        if (!strncasecmp(line, name, size) && line[size] == ':')
            snprintf(value, sizeof(value), "%.*s", (int)(end - line - (long)size - 2),
                     line + size + 2);
        line = end + 2;
    }
    return value;
}

long server_status(const struct server *server, const char *path)
{
    struct response response;
    server_ask(server, NULL, path, NULL, &response);
    long status = response.status;
    response_clear(&response);
    return status;
}
