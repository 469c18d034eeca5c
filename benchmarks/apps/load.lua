-- What wrk sends and what it reports: METHOD, and PACE, the mean pause of a connection in milliseconds.
wrk.method = os.getenv("METHOD")

local pace = tonumber(os.getenv("PACE"))
if pace > 0 then
  delay = function() return math.random(0, 2 * pace) end
end

done = function(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format('{"requests": %d, "seconds": %f, "failed": %d, "p50": %f, "p99": %f}', summary.requests,
    summary.duration / 1e6, failed, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
