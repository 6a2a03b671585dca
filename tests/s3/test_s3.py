"""Files in a bucket that speaks S3 (moto): uploads in parts, refusals, downloads by signed address, deletion, and Till's
memory meanwhile. The program is the one in TILL_BIN."""

import base64
import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

ROOT = Path(__file__).resolve().parents[2]
TILL = os.environ.get("TILL_BIN", str(ROOT / "target/debug/till"))
BUCKET, FOLDER = "files", "my shop"
MEBIBYTE = 1024 * 1024
# Memory that Till may take beyond what it has at the beginning, for files several times as large.
MOST = 64 * MEBIBYTE

AWS = {"AWS_ACCESS_KEY_ID": "till", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}


def until(what: str, probe: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (value := probe()):
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)
    return value


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Bucket:
    """A bucket in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = open(folder / "moto.log", "w")
        env = os.environ | AWS | {"TMPDIR": str(folder)}
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(command, env=env, stdout=self.log, stderr=self.log)
        until("moto", self.answers)
        keys = {"aws_access_key_id": "till", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        self.client = boto3.client("s3", endpoint_url=self.url, **keys)
        self.client.create_bucket(Bucket=BUCKET)

    def answers(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def keys(self) -> list[str]:
        return sorted(one["Key"] for one in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", []))

    def unfinished(self) -> list[str]:
        return [one["Key"] for one in self.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()


class Till:
    """A demo shop whose files are in the bucket."""

    def __init__(self, bucket: Bucket, folder: Path) -> None:
        command = [TILL, "dev", "--json", "--listen", "127.0.0.1:0", "--data-dir", str(folder / "shop")]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TILL_", "AWS_"))}
        env = kept | AWS | {
            "TILL_FILES_URL": f"s3://{BUCKET}/{FOLDER.replace(' ', '%20')}",
            "AWS_ENDPOINT": bucket.url,
            "AWS_ALLOW_HTTP": "true",
        }
        self.log = open(folder / "till.log", "w")
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=self.log, text=True)
        assert self.process.stdout
        self.ready = json.loads(self.process.stdout.readline())
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        self.log.close()

    def memory(self) -> int:
        """The most memory that it has had, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024

    def api(self, method: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
        headers = {"content-type": "application/json", "authorization": f"Bearer {token or self.ready['token']}"}
        sent = None if body is None else json.dumps(body).encode()
        status, _, text = call(urllib.request.Request(self.ready["url"] + path, sent, headers, method=method))
        return status, json.loads(text) if text else None

    def made(self, path: str, body: Any) -> Any:
        status, made = self.api("POST", path, body)
        assert status in (200, 201), (status, made)
        return made


def call(request: urllib.request.Request) -> tuple[int, Any, bytes]:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def parts_of(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


def announce(till: Till, name: str, parts: list[bytes], whole: bytes) -> Any:
    described, start = [], 0
    for number, part in enumerate(parts, 1):
        end = start + len(part)
        described.append({"number": number, "chunk_start": start, "chunk_end": end, "checksum_sha256_base64": sha256(part)})
        start = end
    body = {
        "service": "downloadable", "name": name, "mime_type": "application/zip", "size": len(whole),
        "checksum_sha256_base64": sha256(whole), "upload": {"parts": described},
    }
    return till.made("/v1/files/", body)


def put(part: Any, content: bytes) -> tuple[int, str]:
    request = urllib.request.Request(part["url"], content, part["headers"] | {"content-type": "application/zip"}, method="PUT")
    status, headers, _ = call(request)
    return status, (headers["etag"] or "").strip('"')


def complete(till: Till, made: Any, etags: list[str]) -> tuple[int, Any]:
    parts = [{"number": number, "checksum_etag": etag} for number, etag in enumerate(etags, 1)]
    body = {"id": made["upload"]["id"], "path": made["upload"]["path"], "parts": parts}
    return till.api("POST", f"/v1/files/{made['id']}/uploaded", body)


def uploaded(till: Till, name: str, content: bytes, size: int) -> Any:
    parts = parts_of(content, size)
    made = announce(till, name, parts, content)
    sent = [put(address, part) for address, part in zip(made["upload"]["parts"], parts, strict=True)]
    assert {status for status, _ in sent} == {200}
    status, file = complete(till, made, [etag for _, etag in sent])
    assert status == 200, file
    return file


def bought(till: Till, file: Any) -> str:
    """The address at which a buyer downloads the file."""
    benefit = till.made("/v1/benefits/", {"type": "downloadables", "description": "The book", "properties": {"files": [file["id"]]}})
    product = till.made("/v1/products/", {"name": "Book", "prices": [{"amount_type": "fixed", "price_amount": 1000}]})
    till.made(f"/v1/products/{product['id']}/benefits", {"benefits": [benefit["id"]]})
    checkout = till.made("/v1/checkouts/", {"products": [product["id"]]})
    paying = {"customer_email": "ada@example.com", "customer_billing_address": {"country": "FR"}, "confirmation_token_id": "pm_card_visa"}
    till.made(f"/v1/checkouts/client/{checkout['client_secret']}/confirm", paying)
    [order] = until("the order", lambda: till.api("GET", f"/v1/orders/?checkout_id={checkout['id']}")[1]["items"])
    session = till.made("/v1/customer-sessions/", {"customer_id": order["customer_id"]})

    def offered() -> list[Any]:
        return till.api("GET", f"/v1/customer-portal/downloadables/?benefit_id={benefit['id']}", token=session["token"])[1]["items"]

    [item] = until("the grant", offered)
    return item["file"]["download"]["url"]


def download(url: str, **headers: str) -> tuple[int, Any, bytes]:
    return call(urllib.request.Request(url, headers=headers))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Bucket, Till]]:
    bucket = Bucket(tmp_path)
    try:
        till = Till(bucket, tmp_path)
        try:
            yield bucket, till
        finally:
            till.stop()
    finally:
        bucket.stop()


def test_a_file_of_several_parts_is_kept_whole_downloaded_in_ranges_and_deleted(shop: tuple[Bucket, Till]) -> None:
    bucket, till = shop
    content = random.Random(1).randbytes(13 * MEBIBYTE + 7)
    file = uploaded(till, "Ä book #1?.zip", content, 6 * MEBIBYTE)
    assert file["is_uploaded"] and file["checksum_sha256_base64"] == sha256(content)
    key = f"{FOLDER}/{file['path']}"
    assert bucket.keys() == [key], "the parts are gone"
    assert bucket.unfinished() == []
    assert bucket.client.get_object(Bucket=BUCKET, Key=key)["Body"].read() == content
    url = bought(till, file)
    status, headers, text = download(url)
    assert (status, text) == (200, content)
    assert headers["content-disposition"].endswith("filename*=UTF-8''%C3%84%20book%20%231_.zip")
    for sent, first, end in [("bytes=0-9", 0, 10), ("bytes=4194300-4194310", 4194300, 4194311), ("bytes=-7", len(content) - 7, len(content)), ("bytes=5000000-", 5000000, len(content))]:
        status, headers, text = download(url, range=sent)
        assert (status, headers["content-range"]) == (206, f"bytes {first}-{end - 1}/{len(content)}"), sent
        assert text == content[first:end], sent
    assert download(url, range=f"bytes={len(content)}-")[0] == 416
    assert download(url.replace("signature=", "signature=0"))[0] == 404
    assert till.api("DELETE", f"/v1/files/{file['id']}")[0] == 204
    assert bucket.keys() == []
    assert download(url)[0] == 404


def test_a_file_whose_parts_do_not_fit_is_refused_and_not_kept(shop: tuple[Bucket, Till]) -> None:
    bucket, till = shop
    content = random.Random(2).randbytes(12 * MEBIBYTE)
    parts = parts_of(content, 6 * MEBIBYTE)
    made = announce(till, "book.zip", parts, content)
    first, second = made["upload"]["parts"]
    assert put(first, parts[1])[0] == 400, "other bytes of the same length"
    assert put(first, parts[0][:-1])[0] == 400
    assert put(first, parts[0] + b"x")[0] == 400
    assert bucket.keys() == [] and bucket.unfinished() == []
    status, etag = put(first, parts[0])
    assert status == 200
    status, answer = complete(till, made, [etag, etag])
    assert status == 422, answer
    status, other = put(second, parts[1])
    assert status == 200
    status, answer = complete(till, made, [other, etag])
    assert status == 422, answer
    kept = [f"{FOLDER}/uploads/{made['id']}/{name}" for name in ("1", "1.sha256", "2", "2.sha256")]
    assert bucket.keys() == kept, "only the parts and their checksums"
    assert bucket.unfinished() == []
    assert till.api("GET", "/v1/files/")[1]["items"] == []
    # The whole is not what was announced.
    wrong = announce(till, "book.zip", parts, content[::-1])
    etags = [put(address, part)[1] for address, part in zip(wrong["upload"]["parts"], parts, strict=True)]
    status, answer = complete(till, wrong, etags)
    assert status == 422, answer
    for one in (made, wrong):
        assert till.api("DELETE", f"/v1/files/{one['id']}")[0] == 204
    assert bucket.keys() == [] and bucket.unfinished() == []


def test_a_large_file_goes_through_in_little_memory(shop: tuple[Bucket, Till]) -> None:
    _, till = shop
    uploaded(till, "small.zip", b"small", MEBIBYTE)
    before = till.memory()
    content = random.Random(3).randbytes(MEBIBYTE) * 160
    file = uploaded(till, "large.zip", content, 40 * MEBIBYTE)
    url = bought(till, file)
    seen, length = hashlib.sha256(), 0
    with urllib.request.urlopen(url, timeout=60) as answer:
        while piece := answer.read(MEBIBYTE):
            seen.update(piece)
            length += len(piece)
    assert (length, seen.hexdigest()) == (len(content), file["checksum_sha256_hex"])
    taken = till.memory() - before
    assert taken < MOST, f"{len(content) // MEBIBYTE} MiB took {taken // MEBIBYTE} MiB of memory"


def test_a_part_that_is_broken_off_leaves_nothing_in_the_bucket(shop: tuple[Bucket, Till]) -> None:
    bucket, till = shop
    content = random.Random(4).randbytes(12 * MEBIBYTE)
    made = announce(till, "book.zip", [content], content)
    url = urllib.parse.urlsplit(made["upload"]["parts"][0]["url"])
    head = f"PUT {url.path}?{url.query} HTTP/1.1\r\nhost: {url.netloc}\r\ncontent-length: {len(content)}\r\n\r\n"
    with socket.create_connection((url.hostname, url.port)) as one:
        one.sendall(head.encode() + content[: 7 * MEBIBYTE])
        until("the upload to the bucket", bucket.unfinished)
    until("its end", lambda: bucket.unfinished() == [])
    assert bucket.keys() == []


def test_what_is_gone_from_the_bucket_is_not_there(shop: tuple[Bucket, Till]) -> None:
    bucket, till = shop
    file = uploaded(till, "book.zip", b"hello", MEBIBYTE)
    url = bought(till, file)
    # What is not in the bucket any more, whoever took it away.
    bucket.client.delete_object(Bucket=BUCKET, Key=f"{FOLDER}/{file['path']}")
    status, _, text = download(url)
    assert status == 404 and b"hello" not in text
    assert till.api("DELETE", f"/v1/files/{file['id']}")[0] == 204
