#include "xapian/guard.hh"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <xapian.h>

namespace
{

/* Every class of xapian/error.h that is thrown, by its own name. */
const struct {
    std::string_view type;
    enum xap_code code;
} codes[] = {
    {"AssertionError", XAP_INTERNAL},
    {"InvalidArgumentError", XAP_INVALID_ARGUMENT},
    {"InvalidOperationError", XAP_UNIMPLEMENTED},
    {"UnimplementedError", XAP_UNIMPLEMENTED},
    {"DatabaseError", XAP_DATABASE},
    {"DatabaseCorruptError", XAP_CORRUPT},
    {"DatabaseCreateError", XAP_CREATING},
    {"DatabaseLockError", XAP_LOCKED},
    {"DatabaseModifiedError", XAP_MODIFIED},
    {"DatabaseOpeningError", XAP_OPENING},
    {"DatabaseVersionError", XAP_VERSION},
    {"DatabaseNotFoundError", XAP_NOT_FOUND},
    {"DatabaseClosedError", XAP_CLOSED},
    {"DocNotFoundError", XAP_NOT_FOUND},
    {"FeatureUnavailableError", XAP_UNIMPLEMENTED},
    {"InternalError", XAP_INTERNAL},
    {"NetworkError", XAP_DATABASE},
    {"NetworkTimeoutError", XAP_DATABASE},
    {"QueryParserError", XAP_QUERY},
    {"SerialisationError", XAP_CORRUPT},
    {"RangeError", XAP_CORRUPT}, /* a stored number that does not fit its type */
    {"WildcardError", XAP_LIMIT},
};

enum xap_code code_of(const char *type)
{
    for (const auto &row : codes)
        if (row.type == type)
            return row.code;
    return XAP_INTERNAL;
}

/* Xapian keeps the errno to itself and gives its message only. */
int errno_of(const char *message)
{
    if (message == nullptr)
        return 0;
    char room[128];
    for (int number = 1; number <= EHWPOISON; number++)
        if (std::strcmp(strerror_r(number, room, sizeof room), message) == 0)
            return number;
    return 0;
}

void fill(struct xap_error *err, enum xap_code code, int os_errno, const char *what,
          const char *detail, const char *context, const char *os_message)
{
    if (err == nullptr)
        return;
    err->code = code;
    err->os_errno = os_errno;
    std::snprintf(err->text, sizeof err->text, "%s%s%s%s%s%s%s%s%s", what, *detail ? ": " : "",
                  detail, *context ? " (" : "", context, *context ? ")" : "",
                  *os_message ? " (" : "", os_message, *os_message ? ")" : "");
    for (char *c = err->text; *c != '\0'; c++)
        if (static_cast<unsigned char>(*c) < ' ' || *c == '\x7f')
            *c = '?';
}

void fill_xapian(struct xap_error *err, const Xapian::Error &error)
{
    const char *os_message = nullptr;
    try {
        os_message = error.get_error_string();
    } catch (...) { /* it is made on demand, and memory may be what is short */
    }
    fill(err, code_of(error.get_type()), errno_of(os_message), error.get_type(),
         error.get_msg().c_str(), error.get_context().c_str(), os_message ? os_message : "");
}

} // namespace

namespace xap
{

void describe_exception(struct xap_error *err) noexcept
{
    try {
        throw;
    } catch (const refusal &refused) {
        fill(err, refused.code, 0, refused.text, "", "", "");
    } catch (const Xapian::Error &error) {
        fill_xapian(err, error);
    } catch (const std::bad_alloc &) {
        fill(err, XAP_NO_MEMORY, ENOMEM, "out of memory", "", "", "");
    } catch (const std::exception &error) {
        fill(err, XAP_INTERNAL, 0, "unexpected exception", error.what(), "", "");
    } catch (...) {
        fill(err, XAP_INTERNAL, 0, "unexpected exception of an unknown type", "", "", "");
    }
}

std::string checked_term(const char *term)
{
    std::size_t size = std::strlen(term);
    if (size == 0)
        throw refusal{XAP_INVALID_ARGUMENT, "a term may not be empty"};
    if (size > XAP_TERM_MAX)
        throw refusal{XAP_INVALID_ARGUMENT, "a term may not be longer than 245 bytes"};
    return std::string(term, size);
}

void check_slot(uint32_t slot)
{
    if (slot == XAP_NO_SLOT)
        throw refusal{XAP_INVALID_ARGUMENT, "this value slot number is reserved"};
}

int checked_block(unsigned block_size)
{
    bool power_of_two = (block_size & (block_size - 1)) == 0;
    if (block_size != 0 && (block_size < 2048 || block_size > 65536 || !power_of_two))
        throw refusal{XAP_INVALID_ARGUMENT, "a block size is a power of two from 2048 to 65536"};
    return static_cast<int>(block_size);
}

char *copy_out(const std::string &bytes)
{
    char *copy = static_cast<char *>(std::malloc(bytes.size() + 1));
    if (copy == nullptr)
        throw std::bad_alloc();
    std::memcpy(copy, bytes.c_str(), bytes.size() + 1);
    return copy;
}

} // namespace xap
