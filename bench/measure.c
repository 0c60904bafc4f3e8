/* measure: what a command costs, with all the processes that it starts.
 *
 *   measure COMMAND ARGUMENT...
 *
 * Prints, when it has ended: seconds that passed, seconds of CPU (user and system, of what was
 * waited for), and the peak of memory in MB: proportional set sizes summed over its processes
 * (their own pages and their share of common ones). Looking at it takes the kernel time, and the
 * cores from who is measured: it is done at most five times a second, and for a hundredth of the
 * time. What the command writes goes to standard error.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/samples.h"

#define PROCESSES 4096
#define LOOK_REST 100 /* times as long as a look took, till the next one */

struct process {
    pid_t pid, parent;
};

/* All processes there are; at most PROCESSES. */
static size_t list_processes(struct process *out)
{
    DIR *directory = opendir("/proc");
    size_t count = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory)) && count < PROCESSES;) {
        char path[300], line[512];
        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        FILE *file = *entry->d_name >= '0' && *entry->d_name <= '9' ? fopen(path, "r") : NULL;
        const char *end = file && fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
        char state;
        int parent;
        if (end && sscanf(end + 1, " %c %d", &state, &parent) == 2)
            out[count++] = (struct process){(pid_t)atoi(entry->d_name), (pid_t)parent};
        if (file)
            fclose(file);
    }
    if (directory)
        closedir(directory);
    return count;
}

static long memory_of(pid_t pid) /* kB */
{
    char path[64], line[256];
    long size = 0;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *file = fopen(path, "r");
    while (file && size == 0 && fgets(line, sizeof line, file))
        if (sscanf(line, "Pss: %ld kB", &size) != 1)
            size = 0;
    if (file)
        fclose(file);
    return size;
}

/* Of a process and all that descend from it. */
static long memory_below(const struct process *all, size_t count, pid_t root)
{
    long sum = memory_of(root);
    for (size_t i = 0; i < count; i++)
        if (all[i].parent == root)
            sum += memory_below(all, count, all[i].pid);
    return sum;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

int main(int argc, char **argv)
{
    static struct process all[PROCESSES];
    double start = seconds_now();
    long peak = 0;
    int status = 0;
    pid_t pid = argc > 1 ? fork() : -1;
    if (pid < 0) {
        fputs("usage: measure COMMAND ARGUMENT...\n", stderr);
        return 64;
    }
    if (pid == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    double look = start;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        double begin = seconds_now();
        if (begin >= look) {
            long now = memory_below(all, list_processes(all), pid);
            peak = now > peak ? now : peak;
            look = begin + LOOK_REST * (seconds_now() - begin);
        }
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    }
    struct rusage usage;
    double took = seconds_now() - start;
    getrusage(RUSAGE_CHILDREN, &usage);
    printf("%.2f %.2f %.0f\n", took, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
           (double)peak * 1024 / 1e6);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}
