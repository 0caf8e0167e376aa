#!/usr/bin/env python3
"""Builds the fuzz targets with libFuzzer and the address sanitizer, optimised, and runs each for some seconds. An input
that crashes one is kept in torture/corpus/crashes/<target>/, where a test reads it from then on.

usage: fuzz.py [--seconds N] [--jobs N] [TARGET …]"""
import argparse, base64, concurrent.futures, json, os, re, shutil, subprocess, sys, tempfile, time
from harness import HERE, remove, result, work_folder

ROOT = os.path.dirname(HERE)
SCRATCH = os.path.join(ROOT, '.build-fuzz')
# With the longest input of each: where all that can go wrong fits into a few bytes, long ones only cost time.
TARGETS = {'zip': 4096, 'manifest': 4096, 'ini': 512, 'rows': 256, 'rules': 1024, 'keys': 128, 'schema': 2048,
           'journal': 4096, 'names': 64, 'sights': 4096, 'files': 8192}


def build():
    started = time.time()
    ended = subprocess.run(
        # SwiftPM's own --sanitize gives two sanitizers in an order that changes from run to run, and the compiler takes
        # only the last.
        ['swift', 'build', '-c', 'release', '--scratch-path', SCRATCH, '--product', 'Fuzz', '-Xswiftc',
         '-sanitize=fuzzer,address', '-Xcc', '-fsanitize=address,fuzzer-no-link', '-Xswiftc', '-enable-testing'],
        cwd=ROOT, env={**os.environ, 'HUBTUI_FUZZ': '1'}, capture_output=True, text=True)
    if ended.returncode:
        sys.exit(ended.stdout[-3000:] + ended.stderr[-3000:] + '\nfuzz.py: the targets cannot be built')
    print(f'built in {round(time.time() - started)} s')


def seeds_of_sights(work):
    """One seed of each kind of value that the detection's labelled corpus holds, for the place that it stands at."""
    folder = os.path.join(work, 'sights-seeds')
    os.makedirs(folder)
    for label in ('dangerous', 'harmless'):
        with open(os.path.join(ROOT, 'Tests/DetectionCorpus/corpus', label + '.jsonl')) as file:
            for entry in map(json.loads, file):
                text = ''.join(entry.get('pieces', [entry.get('value', '')])).encode()
                place = ('configuration', 'plain', 'content').index(entry['place'])
                with open(os.path.join(folder, entry['id'].rsplit('-', 1)[0]), 'wb') as seed:
                    seed.write(bytes([place]) + (base64.b64decode(entry.get('base64', '')) or text))
    return folder


def seeds_of_files(work):
    """The files of the same corpus, in pieces of 64 bytes."""
    folder = os.path.join(work, 'files-seeds')
    os.makedirs(folder)
    corpus = os.path.join(ROOT, 'Tests/DetectionCorpus/corpus')
    with open(os.path.join(corpus, 'files.jsonl')) as file:
        for entry in map(json.loads, file):
            with open(os.path.join(corpus, 'files', entry['file']), 'rb') as content, \
                    open(os.path.join(folder, entry['file'].replace('/', '-')), 'wb') as seed:
                seed.write(bytes([63]) + content.read())
    return folder


FROM_THE_CORPUS = {'sights': seeds_of_sights, 'files': seeds_of_files}


def fuzz(target, seconds, work):
    corpus = os.path.join(work, target)
    os.makedirs(corpus)
    made = FROM_THE_CORPUS.get(target)
    seeds = made(work) if made else os.path.join(HERE, 'corpus', target)
    crashes = os.path.join(HERE, 'corpus/crashes', target)
    found = os.path.join(work, target + '-crashes')
    os.makedirs(found)
    ended = subprocess.run(
        [os.path.join(SCRATCH, 'release/Fuzz'), f'-max_total_time={seconds}', f'-max_len={TARGETS[target]}',
         '-timeout=20', '-rss_limit_mb=3000', '-print_final_stats=1', f'-artifact_prefix={found}/', corpus]
        + [folder for folder in (seeds, crashes) if os.path.isdir(folder)],
        # Allocations that the language's runtime makes once and keeps are no leaks.
        env={**os.environ, 'FUZZ_TARGET': target, 'ASAN_OPTIONS': 'detect_leaks=0'}, capture_output=True, text=True,
        errors='replace')
    units = re.search(r'number_of_executed_units: (\d+)', ended.stderr)
    count = int(units[1]) if units else 0
    covered = re.findall(r'cov: (\d+)', ended.stderr)
    print(f'{count:10} executions of {target}, {covered[-1] if covered else 0} places covered', flush=True)
    failures = []
    for name in os.listdir(found):
        os.makedirs(crashes, exist_ok=True)
        shutil.copy(os.path.join(found, name), crashes)
        reason = re.search(r'(Fatal error:.*|broken promise:.*|SUMMARY:.*|ERROR:.*)', ended.stderr)
        failures.append(f'{target}: {name}: {reason[1] if reason else "?"}')
    if 'no interesting inputs were found' in ended.stderr:
        failures.append(f'{target}: built without coverage, so it was no fuzzing')
    if ended.returncode and not failures:
        failures.append(f'{target}: ended {ended.returncode}: {ended.stderr[-500:]}')
    return count, failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seconds', type=int, default=60)
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    parser.add_argument('targets', nargs='*', metavar='TARGET')
    arguments = parser.parse_args()
    started = time.time()
    build()
    work = work_folder()
    try:
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            ends = list(pool.map(lambda t: fuzz(t, arguments.seconds, work), arguments.targets or TARGETS))
        result('fuzz executions', sum(c for c, _ in ends), [f for _, found in ends for f in found],
               time.time() - started)
    finally:
        remove(work)


if __name__ == '__main__':
    main()
