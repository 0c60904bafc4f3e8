/* The exception door: every class of exception becomes its code, in one line. */
#include <cerrno>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <xapian.h>

extern "C" {
#include <cmocka.h>
}

#include "xapian/guard.hh"

namespace
{

template <class Thrown> struct xap_error door(const Thrown &thrown)
{
    struct xap_error err = {};
    assert_false(xap::guarded(&err, [&] { throw thrown; }));
    return err;
}

template <class Thrown> void becomes(enum xap_code code)
{
    struct xap_error err = door(Thrown("what", "where", ENOSPC));
    assert_int_equal(err.code, code);
    assert_int_equal(err.os_errno, ENOSPC);
    assert_non_null(std::strstr(err.text, "Error: what (where) (No space left on device)"));
}

void classes_of_xapian(void **)
{
    becomes<Xapian::AssertionError>(XAP_INTERNAL);
    becomes<Xapian::InvalidArgumentError>(XAP_INVALID_ARGUMENT);
    becomes<Xapian::InvalidOperationError>(XAP_UNIMPLEMENTED);
    becomes<Xapian::UnimplementedError>(XAP_UNIMPLEMENTED);
    becomes<Xapian::DatabaseError>(XAP_DATABASE);
    becomes<Xapian::DatabaseCorruptError>(XAP_CORRUPT);
    becomes<Xapian::DatabaseCreateError>(XAP_CREATING);
    becomes<Xapian::DatabaseLockError>(XAP_LOCKED);
    becomes<Xapian::DatabaseModifiedError>(XAP_MODIFIED);
    becomes<Xapian::DatabaseOpeningError>(XAP_OPENING);
    becomes<Xapian::DatabaseVersionError>(XAP_VERSION);
    becomes<Xapian::DatabaseNotFoundError>(XAP_NOT_FOUND);
    becomes<Xapian::DatabaseClosedError>(XAP_CLOSED);
    becomes<Xapian::DocNotFoundError>(XAP_NOT_FOUND);
    becomes<Xapian::FeatureUnavailableError>(XAP_UNIMPLEMENTED);
    becomes<Xapian::InternalError>(XAP_INTERNAL);
    becomes<Xapian::NetworkError>(XAP_DATABASE);
    becomes<Xapian::NetworkTimeoutError>(XAP_DATABASE);
    becomes<Xapian::QueryParserError>(XAP_QUERY);
    becomes<Xapian::SerialisationError>(XAP_CORRUPT);
    becomes<Xapian::RangeError>(XAP_CORRUPT);
    becomes<Xapian::WildcardError>(XAP_LIMIT);
}

void other_exceptions(void **)
{
    assert_int_equal(door(std::bad_alloc()).code, XAP_NO_MEMORY);
    assert_int_equal(door(std::length_error("too long")).code, XAP_INTERNAL);
    assert_non_null(std::strstr(door(std::length_error("too long")).text, "too long"));
    assert_int_equal(door(42).code, XAP_INTERNAL);
    const xap::refusal refused{XAP_QUERY, "no"};
    assert_int_equal(door(refused).code, XAP_QUERY);
    assert_string_equal(door(refused).text, "no");
}

void text_is_one_line_that_fits(void **)
{
    struct xap_error err = door(Xapian::DatabaseError(std::string(2000, 'x') + "\n"));
    assert_int_equal(std::strlen(err.text), sizeof err.text - 1);
    assert_int_equal(err.os_errno, 0);
    err = door(Xapian::DatabaseError("a\nb\x1b[31m"));
    assert_string_equal(err.text, "DatabaseError: a?b?[31m");
    assert_false(xap::guarded(nullptr, [] { throw 1; }));
}

void nothing_thrown_is_no_error(void **)
{
    struct xap_error err = {};
    assert_true(xap::guarded(&err, [] {}));
    assert_int_equal(err.code, XAP_OK);
}

} // namespace

int main()
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_of_xapian),
        cmocka_unit_test(other_exceptions),
        cmocka_unit_test(text_is_one_line_that_fits),
        cmocka_unit_test(nothing_thrown_is_no_error),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
