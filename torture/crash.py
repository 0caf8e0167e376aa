#!/usr/bin/env python3
"""Kills operations with SIGKILL before and after the system calls that change something on disk, then looks at what is
left with the public commands: nothing half made counts as whole, a target is wholly old or wholly new, and the same
operation run again works and cleans up.

usage: crash.py [--points N] [--jobs N] [--only OPERATION]"""
import argparse, os, sys, time
from harness import *


class Operation:
    """An operation, the state it starts from, and what must hold after a kill and after the next run."""
    base = 'fresh'

    def __init__(self, site):
        self.site = site

    def after_kill(self):
        pass

    def again(self):
        """Runs the same operation; gives what is wrong afterwards."""
        good(self.command())

    def after_again(self):
        expect(not strays(self.target(), self.site.backup_folders),
               f'left by the next run: {strays(self.target(), self.site.backup_folders)}')

    def target(self):
        return self.site.server

    def prepare(self):
        self.site.reset(self.base)

    def stdin(self):
        return ''


class Backup(Operation):
    flags = []

    def target(self):
        return self.site.production

    def command(self):
        return ['backup', 'create', *self.flags, '--install-folder', self.site.production]

    def prepare(self):
        super().prepare()
        if not hasattr(self, 'former'):
            self.former = state(self.site.production, self.site.database)
            self.valid = {s['id'] for s in sets(self.site.production) if s['isValid']}
            self.site.reset(self.base)

    def after_kill(self):
        expect(not difference(self.former, state(self.site.production, self.site.database)), 'production changed')
        self.check_sets()

    def check_sets(self):
        valid = {s['id'] for s in sets(self.site.production) if s['isValid']}
        for id in valid - self.valid:
            good(['backup', 'verify', id, '--install-folder', self.site.production])
        return valid

    def after_again(self):
        super().after_again()
        expect(self.check_sets() - self.valid, 'no new valid set')
        expect(not difference(self.former, state(self.site.production, self.site.database)), 'production changed')


class TestBedBackup(Backup):
    flags = ['--test-bed']


class Delete(Backup):
    def command(self):
        return ['backup', 'delete', self.site.normal, '--yes', '--install-folder', self.site.production]

    def again(self):
        left = any(s['id'] == self.site.normal for s in sets(self.site.production))
        result = run(self.command())
        expect(result.status == (0 if left else 65), f'deleting again: {result}')

    def after_again(self):
        Operation.after_again(self)
        expect(all(s['id'] != self.site.normal for s in sets(self.site.production)), 'the set is still there')
        expect(self.valid - {self.site.normal} == self.check_sets(), 'another set was lost')


class Restore(Operation):
    def command(self):
        return ['restore', self.site.set, '--yes', *self.site.source, '--install-folder', self.site.server]

    def prepare(self):
        super().prepare()
        if not hasattr(self, 'old'):
            self.old = state(self.site.server)
            good(self.command())
            good(['backup', 'list', '--install-folder', self.site.server])
            self.new = state(self.site.server, masks_ids=True)
            self.site.reset(self.base)

    def is_old(self):
        return not difference(self.old, state(self.site.server))

    def after_kill(self):
        good(['settings', 'list', '--install-folder', self.site.server])
        self.expect_whole()

    def expect_whole(self):
        to_old = difference(self.old, state(self.site.server))
        to_new = difference(self.new, state(self.site.server, masks_ids=True))
        expect(not to_old or not to_new, f'neither old ({to_old[:3]}) nor new ({to_new[:3]})')
        if not to_new:
            with open(os.path.join(self.site.server, 'lui/lui.ini')) as file:
                expect('instance.id=LUI-' in file.read(), 'no instance ID after the first start')

    def after_again(self):
        good(['settings', 'list', '--install-folder', self.site.server])
        to_new = difference(self.new, state(self.site.server, masks_ids=True))
        expect(not to_new, f'the next restore did not make the new state: {to_new[:3]}')
        super().after_again()


class RestoreAgain(Restore):
    """Over an installation that was restored before: the state before that one is given up."""
    base = 'restored'


class RollBack(Operation):
    base = 'restored'

    def command(self):
        return ['restore', 'rollback', '--yes', '--install-folder', self.site.server]

    def prepare(self):
        super().prepare()
        if not hasattr(self, 'restored'):
            self.restored = state(self.site.server)
            self.site.reset('fresh')
            self.original = state(self.site.server)
            self.site.reset(self.base)

    def after_kill(self):
        good(['settings', 'list', '--install-folder', self.site.server])
        self.is_back = not difference(self.original, state(self.site.server))
        other = difference(self.restored, state(self.site.server))
        expect(self.is_back or not other, f'neither the restored state nor the one before it: {other[:3]}')

    def after_again(self):
        wanted = self.restored if self.is_back else self.original
        other = difference(wanted, state(self.site.server))
        expect(not other, f'the next roll-back did not exchange the states: {other[:3]}')
        super().after_again()


class FirstStart(Operation):
    """The first command after a restore writes instance IDs into the INI files."""
    base = 'restored-once'

    def command(self):
        return ['post-restore', 'status', '--install-folder', self.site.server]

    def after_kill(self):
        good(['post-restore', 'status', '--install-folder', self.site.server])
        self.state = state(self.site.server)
        for home, ini in COMPONENTS:
            with open(os.path.join(self.site.server, home, ini)) as file:
                expect(f'instance.id={home.upper()}-' in file.read(), f'{ini} has no instance ID')

    def after_again(self):
        expect(not difference(self.state, state(self.site.server)), 'an instance ID changed at the second start')
        # A mere look writes nothing; the first command that does takes away what the killed one had begun.
        good(['settings', 'set', 'lui.general.language', 'sv', '--install-folder', self.site.server])
        super().after_again()


class Recovery(Restore):
    """A restore was killed in the middle of its renames; the command that brings it to its end is killed too."""
    base = 'half-committed'
    half = 'rename'

    def command(self):
        return ['settings', 'list', '--install-folder', self.site.server]

    def prepare(self):
        if not hasattr(self, 'new'):
            restore = RestoreAgain(self.site)
            restore.prepare()
            self.old, self.new, self.restore = restore.old, restore.new, restore.command()
            names = trace(self.site, restore)
            self.site.reset('restored')
            run(self.restore, {'LD_PRELOAD': self.site.interposer, 'TORTURE_DO': 'kill-after',
                               'TORTURE_AT': str(self.place(names))})
            expect(os.path.exists(os.path.join(self.site.server, 'hub/restore-journal.json')), 'no journal to recover')
            self.site.keep(self.base)
        self.site.reset(self.base)

    def place(self, names):
        # The renames of the commit are those whose target is live data.
        commits = [n for n, line in enumerate(names, 1) if line.startswith('rename ') and line.endswith('/lui/data')]
        return commits[0]

    def again(self):
        good(self.restore)


class RecoveryOfStaging(Recovery):
    base = 'half-staged'

    def place(self, names):
        return len(names) // 3


class SettingsSet(Operation):
    def command(self):
        return ['settings', 'set', 'lui.general.language', 'sv', '--install-folder', self.site.server]

    def value(self):
        return good(['settings', 'get', 'lui.general.language', '--install-folder', self.site.server]).out.strip()

    def prepare(self):
        super().prepare()
        if not hasattr(self, 'before'):
            self.before = self.value()
            self.site.reset(self.base)

    def after_kill(self):
        value = self.value()
        expect(value in (self.before, 'sv'), f'the setting is neither old nor new: {value}')

    def after_again(self):
        expect(self.value() == 'sv', 'the setting was not set')
        super().after_again()


class ListservHost(Operation):
    base = 'restored'

    def command(self):
        return ['post-restore', 'listserv-host', 'listserv.test.example:2399', '--untested', '--install-folder',
                self.site.server]

    def after_kill(self):
        pair = [good(['settings', 'get', 'lui.listserv.' + k, '--install-folder', self.site.server]).out.strip()
                for k in ('host', 'port')]
        expect(pair[0] == '' or pair == ['listserv.test.example', '2399'], f'half a LISTSERV host: {pair}')

    def after_again(self):
        self.after_kill()
        super().after_again()


class SetUp(Operation):
    def folder(self):
        return os.path.join(self.site.live, 'new')

    def command(self):
        return ['setup', self.folder(), '--password-file', '-']

    def stdin(self):
        return 'a good long password\n'

    def after_kill(self):
        self.is_there = os.path.exists(self.folder())
        if self.is_there:
            good(['settings', 'list', '--install-folder', self.folder()])

    def again(self):
        result = run(self.command(), stdin=self.stdin())
        expect(result.status == (73 if self.is_there else 0), f'set-up again: {result}')

    def after_again(self):
        good(['settings', 'list', '--install-folder', self.folder()])
        expect(not strays(self.folder()), f'left: {strays(self.folder())}')
        expect(not strays(self.site.live), f'left: {strays(self.site.live)}')


# With the share of the points that each gets.
OPERATIONS = {
    'backup': (Backup, 3), 'test-bed backup': (TestBedBackup, 4), 'restore': (Restore, 4),
    'restore again': (RestoreAgain, 5), 'roll-back': (RollBack, 4), 'recovery': (Recovery, 3),
    'recovery of staging': (RecoveryOfStaging, 2), 'first start': (FirstStart, 1), 'delete': (Delete, 1),
    'settings set': (SettingsSet, 1), 'LISTSERV host': (ListservHost, 1), 'setup': (SetUp, 2),
}
# Calls at which the state takes a step; they are tried before all others.
STEPS = ('rename', 'unlink', 'rmdir', 'fsync', 'syncfs')


def trace(site, operation):
    """The calls of one undisturbed run."""
    log = os.path.join(site.folder, 'calls')
    # It may trace another operation itself.
    operation.prepare()
    if os.path.exists(log):
        os.unlink(log)
    good(operation.command(), environment={'LD_PRELOAD': site.interposer, 'TORTURE_LOG': log}, stdin=operation.stdin())
    with open(log, errors='replace') as file:
        return file.read().splitlines()


def choose(names, count):
    """Which calls to kill at: steps first, the rest evenly; before and after in turn, both at renames."""
    # The status on disk is only a courtesy, and written most often.
    renames = [n for n, line in enumerate(names, 1) if line.startswith('rename') and 'operation.json' not in line]
    steps = [n for n, line in enumerate(names, 1) if line.startswith(STEPS) and n not in renames]
    points = [(n, when) for n in renames for when in ('kill-before', 'kill-after')]
    if len(points) > count // 2:
        points = points[::max(1, len(points) * 2 // count)]
    rest = count - len(points)
    steps = steps[::max(1, len(steps) * 2 // max(1, rest))]
    points += [(n, 'kill-before' if i % 2 else 'kill-after') for i, n in enumerate(steps)]
    rest = max(0, count - len(points))
    taken = {n for n, _ in points}
    others = [n for n in range(1, len(names) + 1) if n not in taken]
    if rest:
        step = max(1.0, len(others) / rest)
        chosen = [others[int(i * step)] for i in range(min(rest, len(others)))]
        points += [(n, 'kill-after' if i % 2 else 'kill-before') for i, n in enumerate(chosen)]
    return points


def attempt(site, operation, name, number, when, names):
    """One kill; None when the program had ended before, else what is wrong, '' for nothing."""
    operation.prepare()
    killed = run(operation.command(), {'LD_PRELOAD': site.interposer, 'TORTURE_AT': str(number), 'TORTURE_DO': when},
                 stdin=operation.stdin())
    if killed.status != -9:
        return None
    what = names[number - 1].replace(site.live, '…') if number <= len(names) else '?'
    try:
        operation.after_kill()
        if os.path.isdir(operation.target()):
            good(['operation', 'status', '--install-folder', operation.target()])
            good(['audit', 'show', '--install-folder', operation.target()])
        operation.again()
        operation.after_again()
    except Wrong as wrong:
        return f'{name}, {when} call {number} ({what}): {wrong}'
    return ''


def worker(folder, interposer, tasks, results):
    site = Site(folder)
    site.interposer = interposer
    while True:
        task = tasks.get()
        if task is None:
            break
        name, share, part, parts = task
        try:
            operation = OPERATIONS[name][0](site)
            names = trace(site, operation)
            kills, failures = 0, []
            for number, when in choose(names, share)[part::parts]:
                wrong = attempt(site, operation, name, number, when, names)
                if wrong is not None:
                    kills += 1
                if wrong:
                    failures.append(wrong)
            results.put((name, kills, failures))
        except Exception as error:
            results.put((name, 0, [f'{name}: {type(error).__name__}: {error}']))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--points', type=int, default=600)
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    parser.add_argument('--only')
    arguments = parser.parse_args()
    started = time.time()
    chosen = {k: v for k, v in OPERATIONS.items() if arguments.only in (None, k)}
    shares = sum(share for _, share in chosen.values())
    folder = work_folder()
    try:
        interposer = build_interposer(folder)
        tasks = [(name, max(2, arguments.points * share // shares), part, arguments.jobs)
                 for name, (_, share) in chosen.items() for part in range(arguments.jobs)]
        kills, failures = share_out(worker, tasks, arguments.jobs, folder, interposer)
        for name, number in kills.items():
            print(f'{number:5} kills in {name}')
        result('points killed', sum(kills.values()), failures, time.time() - started)
    finally:
        remove(folder)


if __name__ == '__main__':
    main()
