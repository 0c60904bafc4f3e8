/* handles.hh: the handles that more than one file looks into. */
#ifndef XAP_HANDLES_HH
#define XAP_HANDLES_HH

#include <memory>
#include <xapian.h>

#include "xapian/xap.h"

struct xap_db {
    Xapian::Database db;
};

struct xap_document {
    Xapian::Document doc;
};

struct xap_query {
    Xapian::Query query;
    bool has_docids; /* asks a set of docids, which only a single database can do */
};

struct xap_enquire {
    Xapian::Database db;
    Xapian::Enquire enquire;
    std::unique_ptr<Xapian::MatchDecider> decider;
    bool running; /* its callbacks are being called */
};

#endif
