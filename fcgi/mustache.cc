// The one C++ file of fcgi/: nothing thrown leaves it.
#include <cstdlib>
#include <cstring>
#include <deque>
#include <kainjow/mustache.hpp>
#include <new>
#include <string>
#include <unordered_map>
#include <vector>

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

// Looks names up in the JSON itself, so that only what a template uses becomes the library's data:
// its own objects copy all that is put into them, once a level.
class json_context : public km::basic_context<std::string>
{
  public:
    explicit json_context(const json_t *view)
    {
        around.push_back(view);
    }

    void push(const km::data *data) override
    {
        const auto found = sources.find(data);
        around.push_back(found == sources.end() ? nullptr : found->second);
    }

    void pop() override
    {
        around.pop_back();
    }

    const km::data *get(const std::string &name) const override
    {
        if (name == ".")
            return convert(around.back());
        for (auto json = around.rbegin(); json != around.rend(); ++json)
            if (const json_t *value = json_object_get(*json, name.c_str()))
                return convert(value);
        return nullptr;
    }

    const km::data *get_partial(const std::string &) const override
    {
        return nullptr;
    }

  private:
    const km::data *convert(const json_t *json) const
    {
        const auto found = converted.find(json);
        if (found != converted.end())
            return found->second;
        const km::data *data = &(kept.emplace_back(make(json)));
        converted[json] = data;
        sources[data] = json;
        if (data->is_list())
            for (size_t i = 0; i < data->list_value().size(); i++)
                sources[&data->list_value()[i]] = json_array_get(json, i);
        return data;
    }

    // An object is only true here: its members are found by get().
    static km::data make(const json_t *json)
    {
        switch (json ? json_typeof(json) : JSON_NULL) {
        case JSON_STRING:
            return km::data(std::string(json_string_value(json), json_string_length(json)));
        case JSON_INTEGER:
            return km::data(std::to_string(json_integer_value(json)));
        case JSON_OBJECT:
        case JSON_TRUE:
            return km::data(km::data::type::bool_true);
        case JSON_ARRAY: {
            km::data list(km::data::type::list);
            for (size_t i = 0; i < json_array_size(json); i++)
                list.push_back(km::data(km::data::type::bool_true));
            return list;
        }
        default:
            return km::data(km::data::type::bool_false);
        }
    }

    std::vector<const json_t *> around; // innermost last
    mutable std::deque<km::data> kept;
    mutable std::unordered_map<const json_t *, const km::data *> converted;
    mutable std::unordered_map<const km::data *, const json_t *> sources;
};

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
        json_context context(view);
        const std::string rendered = mustache->parsed.render(context);
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
