import Glibc
import Platform

/// One place of a `BlockRing`: its buffers live as long as the ring, so that no block allocates.
final class BlockSlot {
  package let index: Int
  package let input: UnsafeMutableRawBufferPointer
  package let output: UnsafeMutableRawBufferPointer
  /// Bytes of `input` that count.
  var inputCount = 0
  /// The outcome, within `input` or `output`; set by the worker.
  package var result = UnsafeRawBufferPointer(start: nil, count: 0)
  /// CRC-32 of the content of this block; set by the worker.
  var crc: UInt32 = 0
  /// The content of this block, within `input` or `output`; set by the worker.
  package var content = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The digest of the entry, which takes the content after that of the blocks before; nil when nobody asks for it.
  package var digest: EntryDigest?
  /// Whether the entry ends with this block.
  package var isLast = false
  /// How to keep the content; nil leaves it to the worker, which then sets it.
  package var method: ZipEntry.Method?
  /// Reading only: where the block starts in the file, the bytes it must give, and the entry's name for errors.
  var fileOffset: UInt64 = 0
  package var expected = 0
  package var entryName = ""
  /// Why there is no outcome; set by the worker.
  package var failure: (any Error)?
  fileprivate var hasRun = false
  fileprivate var isDone = false

  fileprivate init(index: Int, inputCapacity: Int, outputCapacity: Int) {
    self.index = index
    input = .allocate(byteCount: inputCapacity, alignment: 64)
    output = .allocate(byteCount: outputCapacity, alignment: 64)
  }

  deinit {
    input.deallocate()
    output.deallocate()
  }
}

/// SHA-256 of an entry, fed by whichever thread comes to its next block.
final class EntryDigest {
  package fileprivate(set) var hasher = SHA256Hasher()
}

/// What a thread of a `BlockRing` does with a block; each thread has one of its own.
protocol BlockWorker: AnyObject {
  func run(_ slot: BlockSlot)
}

/// A bounded ring of blocks, worked on by threads, taken back in the order they were given.
///
/// A digest needs the blocks in order, so it is no part of a worker's run: whoever finds the next block in order run
/// feeds it, and those run behind it, while the others go on.
///
/// One thread gives and takes; a slot belongs to it until `submit` and again from `collect` to `release`. Between the
/// two the slot belongs to the worker that claimed it. Only the counters are shared, under the mutex.
final class BlockRing {
  private let slots: [BlockSlot]
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let workGiven: UnsafeMutablePointer<pthread_cond_t>
  private let workDone: UnsafeMutablePointer<pthread_cond_t>
  private var threads: [JoinableThread] = []
  private var submitted = 0
  private var claimed = 0
  private var digested = 0
  private var isDigesting = false
  private var collected = 0
  private var stopping = false

  /// Starts `threads` threads (1…64; other counts are taken to the nearest) over twice as many slots and two more.
  init(
    threads: Int, inputCapacity: Int, outputCapacity: Int, makeWorker: () throws -> any BlockWorker
  ) throws {
    let count = max(1, min(threads, 64))
    slots = (0..<2 * count + 2).map {
      BlockSlot(index: $0, inputCapacity: inputCapacity, outputCapacity: outputCapacity)
    }
    mutex = .allocate(capacity: 1)
    workGiven = .allocate(capacity: 1)
    workDone = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(workGiven, nil)
    pthread_cond_init(workDone, nil)
    do {
      for _ in 0..<count { try start(makeWorker()) }
    } catch {
      stop()
      throw error
    }
  }

  deinit {
    // Each thread holds the ring, so none is left here.
    pthread_cond_destroy(workDone)
    pthread_cond_destroy(workGiven)
    pthread_mutex_destroy(mutex)
    workDone.deallocate()
    workGiven.deallocate()
    mutex.deallocate()
  }

  /// How many slots there are.
  package var count: Int { slots.count }

  /// Blocks given and not yet released.
  var inFlight: Int { submitted - collected }

  /// The next slot to fill, nil when all are in use.
  var vacant: BlockSlot? { inFlight < slots.count ? slots[submitted % slots.count] : nil }

  /// Gives the `vacant` slot to the workers.
  func submit() {
    let slot = slots[submitted % slots.count]
    slot.failure = nil
    pthread_mutex_lock(mutex)
    slot.hasRun = false
    slot.isDone = false
    submitted += 1
    pthread_cond_signal(workGiven)
    pthread_mutex_unlock(mutex)
  }

  /// The oldest block, after waiting for it; nil when none is in flight, or, with `wait` off, when it is not done yet.
  package func collect(wait: Bool = true) -> BlockSlot? {
    guard inFlight > 0 else { return nil }
    let slot = slots[collected % slots.count]
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !slot.isDone {
      guard wait else { return nil }
      pthread_cond_wait(workDone, mutex)
    }
    return slot
  }

  /// Ends the use of the slot that `collect` gave.
  package func release() {
    slots[collected % slots.count].digest = nil
    collected += 1
  }

  /// Lets each thread finish its block and waits for all of them; a second call does nothing.
  package func stop() {
    pthread_mutex_lock(mutex)
    stopping = true
    pthread_cond_broadcast(workGiven)
    pthread_mutex_unlock(mutex)
    for thread in threads { thread.join() }
    threads = []
  }

  private func start(_ worker: any BlockWorker) throws {
    let role = Seat(ring: self, worker: worker)
    threads.append(try JoinableThread { role.work() })
  }

  private func work(_ worker: any BlockWorker) {
    pthread_mutex_lock(mutex)
    while true {
      while claimed == submitted && !stopping { pthread_cond_wait(workGiven, mutex) }
      if stopping { break }
      let slot = slots[claimed % slots.count]
      claimed += 1
      pthread_mutex_unlock(mutex)
      worker.run(slot)
      pthread_mutex_lock(mutex)
      slot.hasRun = true
      digest()
    }
    pthread_mutex_unlock(mutex)
  }

  /// Feeds the digests, in order, as far as blocks have run; called and left with the mutex held.
  private func digest() {
    guard !isDigesting else { return }
    isDigesting = true
    while digested < submitted {
      let slot = slots[digested % slots.count]
      guard slot.hasRun else { break }
      if let digest = slot.digest, slot.failure == nil {
        pthread_mutex_unlock(mutex)
        digest.hasher.update(slot.content)
        pthread_mutex_lock(mutex)
      }
      digested += 1
      slot.isDone = true
      pthread_cond_signal(workDone)
    }
    isDigesting = false
  }

  // Unchecked, because a worker and a ring are no values to share: only the thread that the seat is made for uses its
  // worker, and of the ring only what the mutex guards.
  private final class Seat: @unchecked Sendable {
    let ring: BlockRing
    let worker: any BlockWorker
    init(ring: BlockRing, worker: any BlockWorker) {
      self.ring = ring
      self.worker = worker
    }
    func work() {
      // The thread that feeds the ring, and the database behind it, set the pace: they come first, and the workers take
      // what they leave. Linux takes the calling thread for 0. A refusal costs speed alone.
      setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
      ring.work(worker)
    }
  }
}
