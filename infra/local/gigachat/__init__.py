"""A local GigaChat that the unmodified `gigachat` client cannot tell from the service, as far as we know it.

    python -m infra.local.gigachat --port P

serves on 127.0.0.1:P, over plain HTTP:

- the service: `GIGACHAT_BASE_URL=http://127.0.0.1:P/v1`, `GIGACHAT_AUTH_URL=http://127.0.0.1:P/api/v2/oauth`. Any
  well-formed credentials (base64 of `id:secret`) are somebody's, unless `--credentials` names the only good ones.
- the control, `http://127.0.0.1:P/control/`:
  `POST fault {"kind", "count"?, "every"?, "seconds"?}` makes its next `count` answers fail that way (without `count`:
  until ended; with `every` n: each n-th one only); `DELETE fault` ends it; `GET fault` lists the kinds (`faults.KINDS`,
  and many ways to write them); `GET bill` → `{requests, prompt_tokens, completion_tokens, max_in_flight, …}`.

`requests` counts every chat request that came with a good token, refused ones included; `max_in_flight` counts them
by client id. Tokens are those of answers that were delivered: nothing is billed for an error, and an answer that its
asker no longer waited for stands apart as `lost_tokens`.
"""
