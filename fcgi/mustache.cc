// The one C++ file of fcgi/: nothing thrown leaves it.
#include <cstdlib>
#include <cstring>
#include <kainjow/mustache.hpp>
#include <new>
#include <string>

extern "C" {
#include "fcgi/mustache.h"
}

namespace km = kainjow::mustache;

struct mustache {
    std::string name;
    km::mustache parsed;

    mustache(const char *called, const char *text) : name(called), parsed(std::string(text))
    {
    }
};

namespace
{

km::data to_data(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT: {
        km::data object(km::data::type::object);
        const char *key;
        json_t *value;
        json_object_foreach(const_cast<json_t *>(json), key, value)
        {
            object.set(key, to_data(value));
        }
        return object;
    }
    case JSON_ARRAY: {
        km::data list(km::data::type::list);
        size_t i;
        json_t *value;
        json_array_foreach(const_cast<json_t *>(json), i, value)
        {
            list.push_back(to_data(value));
        }
        return list;
    }
    case JSON_STRING:
        return km::data(std::string(json_string_value(json), json_string_length(json)));
    case JSON_INTEGER:
        return km::data(std::to_string(json_integer_value(json)));
    case JSON_REAL:
        return km::data(std::to_string(json_real_value(json)));
    case JSON_TRUE:
        return km::data(km::data::type::bool_true);
    default:
        return km::data(km::data::type::bool_false);
    }
}

// Runs 'body', which returns as the C function does, and turns what it throws into an error.
template <typename Body> bool guarded(const char *where, struct error *err, Body body)
{
    try {
        return body();
    } catch (const std::bad_alloc &) {
        return error_set(err, ERROR_MEMORY, where, "out of memory");
    } catch (const std::exception &thrown) {
        return error_set(err, ERROR_INTERNAL, where, "%s", thrown.what());
    } catch (...) {
        return error_set(err, ERROR_INTERNAL, where, "the template library threw something");
    }
}

} // namespace

extern "C" bool mustache_open(const char *name, const char *text, struct mustache **out,
                              struct error *err)
{
    return guarded(name, err, [&] {
        auto opened = std::make_unique<mustache>(name, text);
        if (!opened->parsed.is_valid())
            return error_set(err, ERROR_DATA, name, "%s", opened->parsed.error_message().c_str());
        *out = opened.release();
        return true;
    });
}

extern "C" void mustache_close(struct mustache *mustache)
{
    delete mustache;
}

extern "C" bool mustache_render(struct mustache *mustache, const json_t *view, char **out,
                                size_t *size, struct error *err)
{
    return guarded(mustache->name.c_str(), err, [&] {
        std::string rendered;
        mustache->parsed.render(to_data(view),
                                [&rendered](const std::string &part) { rendered += part; });
        if (!mustache->parsed.is_valid())
            return error_set(err, ERROR_INTERNAL, mustache->name.c_str(), "%s",
                             mustache->parsed.error_message().c_str());
        char *copy = static_cast<char *>(std::malloc(rendered.size() + 1));
        if (!copy)
            throw std::bad_alloc();
        std::memcpy(copy, rendered.c_str(), rendered.size() + 1);
        *out = copy;
        *size = rendered.size();
        return true;
    });
}
