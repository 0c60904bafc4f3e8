-- served.lua: each thread of wrk is one client, which asks for the paths of the file
-- $SITREP_BENCH_PATHS in their order, each client from another place on. Prints one line: requests a
-- second; p50, p99 and mean in ms; failures; and the p50 of what is left of each time without what
-- the answer itself says it took ("took_ms"). wrk's own percentiles are of no use here: it counts a
-- slow answer several times, for requests that might have come meanwhile.
local ffi = require("ffi")
ffi.cdef("typedef struct { long s, ns; } sitrep_time; int clock_gettime(int clock, sitrep_time *now);")
local CLOCK_MONOTONIC = 1
local paths = {}
local at = 0
local threads = {}
local now = ffi.new("sitrep_time")
local asked = 0
times = {}
rests = {}

local function clock() -- ms
    ffi.C.clock_gettime(CLOCK_MONOTONIC, now)
    return tonumber(now.s) * 1e3 + tonumber(now.ns) / 1e6
end

function setup(thread)
    thread:set("number", #threads)
    thread:set("clients", tonumber(os.getenv("SITREP_BENCH_CLIENTS")))
    table.insert(threads, thread)
end

function init()
    for line in io.lines(os.getenv("SITREP_BENCH_PATHS")) do table.insert(paths, line) end
    at = math.floor(number * #paths / clients)
end

function request()
    at = at % #paths + 1
    local text = wrk.format("GET", paths[at])
    asked = clock()
    return text
end

function response(_, _, body)
    local time = clock() - asked
    table.insert(times, time)
    local took = tonumber(body:match('"took_ms": ?([%d.e-]+)'))
    if took then table.insert(rests, time - took) end
end

local function gather(name)
    local all = {}
    for _, thread in ipairs(threads) do
        for _, value in ipairs(thread:get(name)) do table.insert(all, value) end
    end
    table.sort(all)
    return all
end

local function percentile(sorted, part)
    return sorted[math.max(1, math.ceil(#sorted * part))] or 0
end

function done(summary)
    local all, left = gather("times"), gather("rests")
    local sum = 0
    for _, time in ipairs(all) do sum = sum + time end
    local e = summary.errors
    io.write(string.format("%9.0f %9.3f %9.3f %9.3f %9d %9.3f\n",
        summary.requests / summary.duration * 1e6, percentile(all, 0.5), percentile(all, 0.99),
        sum / math.max(1, #all), e.connect + e.read + e.write + e.timeout + e.status,
        percentile(left, 0.5)))
end
