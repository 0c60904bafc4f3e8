#include "xapian/tables.hh"

#include <cerrno>
#include <cstdlib>
#include <dirent.h>
#include <memory>
#include <set>
#include <string>
#include <sys/stat.h>
#include <utility>

namespace
{

using file_set = std::set<std::pair<dev_t, ino_t>>;

/* Those that glass can do without. */
const char *const tables[] = {"docdata", "position", "spelling", "synonym", "termlist"};

/* A writer of another process may make a table between the opening and the look. */
constexpr int tries = 2;

file_set open_files()
{
    std::unique_ptr<DIR, int (*)(DIR *)> folder(opendir("/proc/self/fd"), closedir);
    if (!folder)
        throw Xapian::DatabaseOpeningError("/proc/self/fd cannot be read", std::string(), errno);
    file_set files;
    while (const dirent *entry = readdir(folder.get())) {
        struct stat status;
        if (fstat(std::atoi(entry->d_name), &status) == 0)
            files.insert({status.st_dev, status.st_ino});
    }
    return files;
}

/* Whether a table that is there is not among the open files. */
bool is_missing(const std::string &path, const file_set &files)
{
    struct stat status;
    if (stat(path.c_str(), &status) != 0)
        return errno != ENOENT && errno != ENOTDIR;
    return files.count({status.st_dev, status.st_ino}) == 0;
}

/* The first one, "" for none. */
std::string find_missing(const char *const *paths, std::size_t count)
{
    const file_set files = open_files();
    for (std::size_t i = 0; i < count; i++)
        for (const char *table : tables) {
            std::string path = std::string(paths[i]) + "/" + table + ".glass";
            if (is_missing(path, files))
                return path;
        }
    return std::string();
}

} // namespace

Xapian::Database xap::open_whole(const char *const *paths, std::size_t count)
{
    std::string missing;
    for (int i = 0; i < tries; i++) {
        Xapian::Database all;
        if (count == 1)
            all = Xapian::Database(paths[0]);
        else
            for (std::size_t j = 0; j < count; j++)
                all.add_database(Xapian::Database(paths[j]));
        missing = find_missing(paths, count);
        if (missing.empty())
            return all;
    }
    throw Xapian::DatabaseOpeningError("Couldn't open " + missing);
}
