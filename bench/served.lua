-- served.lua: wrk asks for the paths of the file $SITREP_BENCH_PATHS, in their order, each thread
-- from another place on, and prints one line: requests a second; p50, p99 and mean in ms; failures;
-- and, with $SITREP_BENCH_TOOK, the p50 of what the answers themselves say they took ("took_ms").
local paths = {}
local at = 0
local threads = {}
times = {}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init()
    for line in io.lines(os.getenv("SITREP_BENCH_PATHS")) do table.insert(paths, line) end
    at = number * math.floor(#paths / 2)
end

function request()
    at = at % #paths + 1
    return wrk.format("GET", paths[at])
end

if os.getenv("SITREP_BENCH_TOOK") then
    function response(_, _, body)
        local took = tonumber(body:match('"took_ms": ?([%d.e-]+)'))
        if took then table.insert(times, took) end
    end
end

function done(summary, latency)
    local took = threads[1]:get("times")
    table.sort(took)
    local e = summary.errors
    io.write(string.format("%9.0f %9.3f %9.3f %9.3f %9d %9.3f\n",
        summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
        latency:percentile(99) / 1000, latency.mean / 1000,
        e.connect + e.read + e.write + e.timeout + e.status, took[math.ceil(#took / 2)] or 0))
end
