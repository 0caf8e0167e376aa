#!/usr/bin/env python3
"""Lets system calls of operations fail as a full disk, a broken disk, a lack of descriptors and a read-only file system
do, and takes folders, mounts, permissions and the time away while they run. Each ends with the right exit code, one line
on standard error, an honest report, and the former state or the new one; the same operation run again works.

usage: faults.py [--faults N] [--jobs N] [--only OPERATION]"""
import argparse, os, subprocess, sys, time
from crash import OPERATIONS, STEPS, trace
from harness import *

# What fails, at one call only or from then on, and the exit codes that say so (sysexits.h): 73 cannot create, 74
# input/output; 69 a database that cannot be opened; 78 an INI file that cannot be read. 0 where the call was only a
# courtesy, such as the status on disk.
CALLS = [
    ('ENOSPC', 'space', 'on', {73, 74}), ('short', 'space', 'on', {73, 74}), ('EIO', 'change', 'one', {69, 73, 74}),
    ('EIO', 'change', 'on', {69, 73, 74}), ('EROFS', 'change', 'on', {69, 73, 74}),
    ('EMFILE', 'open', 'one', {69, 73, 74, 78}), ('EMFILE', 'open', 'on', {69, 73, 74, 78}),
    ('EIO', 'read', 'one', {65, 69, 74, 78}), ('EDQUOT', 'space', 'on', {73, 74}),
]
SHARES = {'backup': 2, 'test-bed backup': 3, 'restore again': 4, 'roll-back': 2, 'delete': 1, 'settings set': 1,
          'LISTSERV host': 1, 'setup': 1, 'first start': 1}
NOBODY = 65534


def check_ending(ended, codes):
    expect(ended.status >= 0, f'killed by signal {-ended.status}: {ended.err[-300:]}')
    expect(ended.status in codes | {0}, f'the exit code must be one of {sorted(codes)}: {ended}')
    lines = ended.err.splitlines()
    if ended.status:
        expect(len(lines) == 1 and lines[0].startswith('hubtui: '), f'not one line on standard error: {ended.err!r}')
    else:
        expect(not lines, f'words on standard error of a success: {ended.err!r}')


def check_reports(site):
    """The mark stands only under a set that is complete; the catalog must agree with the reports themselves."""
    logs = os.path.join(site.production, 'hub/logs')
    listed = sets(site.production)
    valid = {s['id'] for s in listed if s['isValid']}
    # Archives beyond the history and those of a deletion go away; their reports stay.
    complete = {s['id'] for s in listed if not s['missing']}
    for name in os.listdir(logs):
        if 'Report_' in name:
            with open(os.path.join(logs, name), errors='replace') as file:
                last = (file.read().splitlines() or [''])[-1]
            id = name.rsplit('_', 1)[1][:-4]
            if last in MARKS and id in complete:
                expect(id in valid, f'{name} ends with the mark and its set is not valid')
                good(['backup', 'verify', id, '--install-folder', site.production])


def afterwards(site, operation, ended, is_clean):
    """What must hold after a fault, and that the operation works once the fault is gone."""
    operation.after_kill()
    if os.path.isdir(site.production):
        check_reports(site)
        if is_clean and ended.status:
            broken = [s['id'] for s in sets(site.production) if not s['isValid'] and s['id'] not in site.known]
            expect(not broken, f'archives left behind an error: {broken}')
    if os.path.isdir(operation.target()):
        good(['audit', 'show', '--install-folder', operation.target()])
        if is_clean and ended.status:
            left = strays(operation.target(), site.backup_folders)
            expect(not left, f'left behind an error: {left}')
    operation.again()
    operation.after_again()


def fail_calls(site, name, kind, part, parts, count):
    """Faults of one kind, at evenly chosen calls."""
    deed, group, span, codes = CALLS[kind]
    operation = OPERATIONS[name][0](site)
    operation.prepare()
    log = os.path.join(site.folder, 'calls')
    if os.path.exists(log):
        os.unlink(log)
    good(operation.command(), stdin=operation.stdin(), environment={
        'LD_PRELOAD': site.interposer, 'TORTURE_LOG': log, 'TORTURE_CLASS': group})
    with open(log, errors='replace') as file:
        names = file.read().splitlines()
    site.reset('fresh')
    site.known = {s['id'] for s in sets(site.production)}
    # Calls of the program's own start: the loader and the language's libraries read theirs before there is a program.
    own = [n for n, line in enumerate(names, 1) if site.live in line]
    done, failures = 0, []
    for i in range(count):
        if i % parts != part or not own:
            continue
        number = own[(len(own) - 1) * (2 * i + 1) // (2 * count)] if count > 1 else own[len(own) // 2]
        operation.prepare()
        environment = {'LD_PRELOAD': site.interposer, 'TORTURE_CLASS': group, 'TORTURE_DO': deed,
                       'TORTURE_AT': str(number)}
        if span == 'one':
            environment['TORTURE_LAST'] = str(number)
        try:
            ended = run(operation.command(), environment, stdin=operation.stdin())
            done += 1
            check_ending(ended, codes)
            afterwards(site, operation, ended, group == 'space')
        except Wrong as wrong:
            what = names[number - 1].replace(site.live, '…')
            failures.append(f'{name}, {deed} ({span}) at {group} call {number} ({what}): {wrong}')
    return done, failures


# Things that happen to a running operation, told by the shell command that does them and the one that undoes them.
def surroundings(site):
    server, production, away = site.server, site.production, site.live + '/away'
    swap = 'mv {0} {1} && ln -s {2} {0}'
    back = 'rm -f {0} && mv {1} {0}'
    elsewhere = site.live + '/elsewhere'
    result = []
    for op, folder in [('restore again', server + '/lui'), ('restore again', server + '/lui/data'),
                       ('restore again', server + '/database'), ('roll-back', server + '/lui'),
                       ('test-bed backup', production + '/lui/data')]:
        result.append((f'{os.path.relpath(folder, site.live)} becomes a link', op, swap.format(folder, away, elsewhere),
                       back.format(folder, away), {65, 69, 73, 74, 77, 78}, None, False))
    # A backup folder that moves to another disk is a link to itself from then on.
    folder = production + '/trk/backup'
    result.append((f'{os.path.relpath(folder, site.live)} moves', 'backup', swap.format(folder, away, away), 'true',
                   {73, 74}, None, False))
    for op, folder in [('restore again', server + '/lui'), ('restore again', server + '/database'),
                       ('restore again', server + '/hub'), ('test-bed backup', production + '/hub/logs'),
                       ('test-bed backup', production + '/lui/data/templates'), ('backup', site.share),
                       ('settings set', server + '/database'), ('roll-back', server + '/trk')]:
        result.append((f'permission on {os.path.relpath(folder, site.live)} is lost', op, f'chmod 000 {folder}',
                       f'chmod 700 {folder}', {69, 73, 74, 77, 78}, NOBODY, False))
    for op in ('backup', 'test-bed backup'):
        mounted = (f'cp -a {site.share} {away} && mount -t tmpfs -o mode=700 hubtui-torture {site.share} && '
                   f'cp -a {away}/. {site.share}/')
        undo = f'umount -l {site.share} 2>/dev/null; rm -rf {away}'
        result.append(('the mount of the backup folder vanishes', op, f'umount -l {site.share}', undo,
                       {65, 69, 73, 74}, None, mounted))
        result.append(('the backup folder becomes read-only', op, f'mount -o remount,ro {site.share} 2>/dev/null || true', undo,
                       {73, 74}, None, mounted))
        full = mounted.replace('mode=700', 'mode=700,size=1m')
        result.append(('a real disk gets full', op, f'dd if=/dev/zero of={site.share}/filler bs=4k 2>/dev/null; true',
                       undo, {73, 74}, None, full))
    return result


def change_surroundings(site, index, count):
    what, name, command, undo, codes, user, setup = surroundings(site)[index]
    operation = OPERATIONS[name][0](site)
    names = trace(site, operation)
    own = [n for n, line in enumerate(names, 1) if site.live in line]
    done, failures = 0, []
    for i in range(count):
        # Not at the last calls: then it is over.
        number = own[len(own) * (2 * i + 1) // (2 * count)]
        operation.prepare()
        elsewhere = site.live + '/elsewhere'
        os.makedirs(elsewhere + '/data')
        with open(elsewhere + '/data/treasure', 'w') as file:
            file.write('SECRET-OUTSIDE-THE-INSTALLATION')
        try:
            if setup:
                subprocess.run(setup, shell=True, check=True)
            before = tree(elsewhere)
            if user is not None:
                subprocess.run(['chown', '-R', f'{user}:{user}', site.live], check=True)
            ended = run(operation.command(), {
                'LD_PRELOAD': site.interposer, 'TORTURE_AT': str(number), 'TORTURE_DO': 'run', 'TORTURE_RUN': command},
                stdin=operation.stdin(), user=user)
            if user is not None:
                subprocess.run(['chown', '-R', '0:0', site.live], check=True)
            done += 1
            # The time of a folder in which something was made and removed again is no loss.
            outside = [k for k in difference(before, tree(elsewhere)) if not os.path.isdir(f'{elsewhere}/{k}')]
            subprocess.run(undo, shell=True, stderr=subprocess.DEVNULL)
            expect(not outside, f'something outside was changed: {outside}')
            check_ending(ended, codes)
            if name.endswith('backup'):
                packed = subprocess.run(['grep', '-rlaF', 'SECRET-OUTSIDE', *site.backup_folders],
                                        capture_output=True, text=True).stdout
                expect(not packed, f'something from outside was taken: {packed}')
            if setup and ended.status:
                # What was on the mount is gone with it; the sets that were made elsewhere must be told apart.
                check_reports(site)
            elif not setup:
                afterwards(site, operation, ended, False)
        except Wrong as wrong:
            failures.append(f'{name}, {what} at call {number}: {wrong}')
        finally:
            subprocess.run(undo, shell=True, stderr=subprocess.DEVNULL)
    return done, failures


def clock(site, count):
    """The clock goes back, before the operation and in the middle of it: IDs still grow, and the newest set is first."""
    done, failures = 0, []
    for name in ('backup', 'test-bed backup', 'restore again', 'settings set'):
        operation = OPERATIONS[name][0](site)
        names = trace(site, operation)
        for i in range(count):
            number = 1 + len(names) * i // count
            operation.prepare()
            try:
                newest = sets(site.production)[0]['id']
                ended = run(operation.command(), {
                    'LD_PRELOAD': site.interposer, 'TORTURE_AT': str(number), 'TORTURE_DO': 'skip-clock',
                    'TORTURE_CLOCK': str(-400 * 86400)}, stdin=operation.stdin())
                done += 1
                expect(ended.status == 0, f'must succeed: {ended}')
                if name.endswith('backup'):
                    made = ended.out.split()[-1]
                    expect(made > newest, f'the ID {made} is not higher than {newest}')
                    first = sets(site.production)[0]
                    expect(first['id'] == made and first['isValid'], f'the newest set is {first}')
                operation.after_kill()
            except Wrong as wrong:
                failures.append(f'{name}, the clock goes back at call {number}: {wrong}')
    return done, failures


def worker(folder, interposer, tasks, results):
    site = Site(folder)
    site.interposer = interposer
    while True:
        task = tasks.get()
        if task is None:
            break
        try:
            results.put((task[0] if task[0] != 'calls' else task[1],) + {
                'calls': fail_calls, 'surroundings': change_surroundings, 'clock': clock}[task[0]](site, *task[1:]))
        except Exception as error:
            results.put((task[0], 0, [f'{task}: {type(error).__name__}: {error}']))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--faults', type=int, default=400)
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    parser.add_argument('--only')
    arguments = parser.parse_args()
    started = time.time()
    folder = work_folder()
    is_root = os.geteuid() == 0
    try:
        interposer = build_interposer(folder)
        shares = {k: v for k, v in SHARES.items() if arguments.only in (None, k)}
        work, left_out = [], []
        for name, share in shares.items():
            count = max(1, arguments.faults * share // (sum(shares.values()) * len(CALLS)))
            work += [('calls', name, kind, 0, 1, count) for kind in range(len(CALLS))]
        each = max(1, arguments.faults // 100)
        if arguments.only in (None, 'surroundings'):
            place = type('Place', (), {k: '' for k in ('server', 'production', 'live', 'share')})()
            place.live = place.server = place.production = place.share = '/'
            if is_root:
                work += [('surroundings', i, each) for i in range(len(surroundings(place)))]
            else:
                left_out.append(f'mounts and other accounts need root; run: sudo {" ".join(sys.argv)}')
        if arguments.only in (None, 'clock'):
            work.append(('clock', each))
        done, failures = share_out(worker, work, arguments.jobs, folder, interposer)
        failures += left_out
        for name, number in done.items():
            print(f'{number:5} faults in {name}')
        result('faults injected', sum(done.values()), failures, time.time() - started)
    finally:
        remove(folder)


if __name__ == '__main__':
    main()
