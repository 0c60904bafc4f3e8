#include "xapian/xap.h"

const char *xap_code_name(enum xap_code code)
{
    static const char *const names[] = {
        [XAP_OK] = "ok",
        [XAP_INVALID_ARGUMENT] = "invalid argument",
        [XAP_NOT_FOUND] = "not found",
        [XAP_LOCKED] = "locked",
        [XAP_MODIFIED] = "modified",
        [XAP_CORRUPT] = "corrupt",
        [XAP_VERSION] = "version",
        [XAP_OPENING] = "opening",
        [XAP_CREATING] = "creating",
        [XAP_CLOSED] = "closed",
        [XAP_LIMIT] = "limit",
        [XAP_QUERY] = "query",
        [XAP_UNIMPLEMENTED] = "unimplemented",
        [XAP_DATABASE] = "database",
        [XAP_NO_MEMORY] = "no memory",
        [XAP_INTERNAL] = "internal",
    };
    if ((size_t)code >= sizeof names / sizeof names[0])
        return "unknown";
    return names[code];
}
