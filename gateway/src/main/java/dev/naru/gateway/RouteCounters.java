package dev.naru.gateway;

import java.time.Duration;

/**
 * What one route has served since the gateway started.
 *
 * @param ingress {@code namespace/name}
 * @param host empty for a rule without host
 * @param path empty for a default backend
 * @param requests requests that came
 * @param succeeded answers 1xx (upgrades) and 2xx
 * @param redirected answers 3xx
 * @param clientErrors answers 4xx
 * @param serverErrors answers 5xx, the gateway's own among them
 * @param aborted requests whose client went away before an answer
 * @param retries requests sent again to another endpoint
 * @param held requests that waited for a ready endpoint
 * @param bytesIn request body bytes received
 * @param bytesOut response body bytes sent
 * @param time sum of the time from request head to end of response
 */
public record RouteCounters(
    String ingress,
    String host,
    String path,
    long requests,
    long succeeded,
    long redirected,
    long clientErrors,
    long serverErrors,
    long aborted,
    long retries,
    long held,
    long bytesIn,
    long bytesOut,
    Duration time) {}
