#!/usr/bin/env python3
"""Makes files as a mailing system keeps them, the same ones for the same seed. Of each GB:

  25 %  images of newsletters, 10 to 400 KB each; no program compresses them
  25 %  lists of recipients as CSV, 1 to 30 MB each
  35 %  delivery and tracking logs, 20 to 100 MB each
  14 %  newsletters as HTML, 6 to 60 KB each, with links through the tracker of the demo production
   1 %  small files: style sheets, texts, drop-in fragments, 100 bytes to 4 KB each

That is about 18,000 files a GB. Text is put together from sentences and names, with numbers, addresses and dates in it,
so that it compresses about as such text does: logs to a sixth, HTML to a quarter, CSV to a third.

usage: mail_files.py FOLDER BYTES [SEED]     a tree with lui/ and trk/
       mail_files.py --log FILE BYTES [SEED] [NEEDLES]   one log, with each tenth of NEEDLES' lines somewhere in it"""
import os
import random
import sys

TRACKER = "https://track.maestro-prod.example"
WORDS = """about above account across after again against agenda all also among annual another answer any archive are
area around article as ask at attend author autumn available away back balance based because become before begin behind
benefit best better between board book both branch bring budget building business but by call campaign can care case
centre change chapter check choose city class clear close club college come committee common community company complete
concert conference contact continue cost council country course cover create current customer daily date day deadline
decide delivery department design detail different director discount discover donate download each early easy edition
education energy enjoy enough event every example exhibition expert explore family feature festival few final find first
follow for free fresh friend from full future gallery garden general get gift give good great group grow guide half have
health help here high history holiday home hour house how idea important improve include increase industry inform inside
interest into invite issue its join journal journey keep key know language large last latest law lead learn lecture less
letter level library life light like limited line link list little live local long look low magazine make management many
market may meeting member message million minute mobile moment month more most museum music must name national near need
network never new news next night note notice now number of off offer office often old on once one online only open or
order organisation other our out over own page paper part partner party pay people per period person phone photo place
plan please point policy popular present press price prize problem process product programme project promise provide
public publish quality question quick range rate read reader ready real receive recent record region register release
report request research reserve result return review right room sale same save say school science season second section
see select send senior series service session set several share shop short should show side simple since site small so
social some soon source space special speak spring staff stage start state station stay still stop story street student
study subject subscribe success such summer support sure survey system take talk team tell term test than thank that the
their them then there these they thing think this those through ticket time title to today together tomorrow too topic
tour town trade training travel trip try two under until up update use useful user value version very video view visit
voice volunteer vote walk want was water way we website week welcome well were what when where which while who why will
winter wish with within without woman word work workshop world would write year yet you young your""".split()
FIRST = """Anna Ben Carla David Emma Felix Greta Hannah Ivan Julia Karl Lena Max Nina Oscar Paula Quentin Rosa Simon
Tina Ulrich Vera Walter Xenia Yusuf Zoe Aiko Bilal Chloe Diego Elif Fatima Giulia Henrik Ines Jamal""".split()
LAST = """Smith Miller Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Garcia Rossi Dupont Novak Kowalski
Jensen Larsen Virtanen Yilmaz Tanaka Nguyen Silva Costa Moreau Petit Lindberg Horvat Papadopoulos Murphy Walsh Jones
Taylor Brown Davies Evans Wilson""".split()
DOMAINS = [f"{name}.example" for name in """mail post inbox web-mail uni-north uni-south city-council museum library
company-a company-b club freemail school hospital press""".split()]
CITIES = "Berlin Paris Madrid Roma Wien Praha Oslo Porto Gent Lyon Basel Graz Ulm Kiel Turku Gdansk".split()
AGENTS = ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/128.0 Safari/537.36",
          "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
          "Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0"]
CHUNK = 1 << 20


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.files = 0
        # Words in the frequencies of a language: a few stand everywhere.
        weights = [1 / (rank + 2) for rank in range(len(WORDS))]
        shuffled = self.random.sample(WORDS, len(WORDS))
        words = self.random.choices(shuffled, weights, k=120_000)
        self.sentences = []
        position = 0
        while position < len(words) - 20:
            length = self.random.randint(5, 18)
            sentence = " ".join(words[position:position + length])
            self.sentences.append(sentence[0].upper() + sentence[1:] + self.random.choice(".....!?"))
            position += length

    def path(self, *parts):
        path = os.path.join(*parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def write(self, path, size, chunk):
        """A file of `size` bytes from pieces that `chunk` makes."""
        left = size
        with open(path, "wb") as file:
            while left > 0:
                left -= file.write(chunk()[:left])
        # A time of its own, as files have that were made one by one.
        moment = 1_700_000_000 + self.random.randrange(60_000_000)
        os.utime(path, (moment, moment))
        self.files += 1
        return size

    def fill(self, total, least, most, name, chunk):
        """Files of sizes between `least` and `most`, until `total` is used up."""
        count = 0
        while total > 0:
            size = min(total, int(least * (most / least) ** self.random.random()))
            total -= self.write(self.path(name(count)), size, lambda: chunk(size))
            count += 1

    def image(self, size):
        return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + self.random.randbytes(min(size, CHUNK))

    def page(self, size):
        pick = self.random
        parts = ["<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>", pick.choice(self.sentences),
                 "</title>\n<style>td { font-family: Arial, Helvetica, sans-serif; font-size: 14px }</style></head>\n"
                 "<body bgcolor=\"#ffffff\"><table width=\"600\" cellpadding=\"0\" cellspacing=\"0\" align=\"center\">\n"]
        length = sum(map(len, parts))
        while length < size:
            text = " ".join(pick.choices(self.sentences, k=pick.randint(2, 7)))
            block = (f"<tr><td style=\"padding:12px 24px;color:#{pick.randrange(1 << 24):06x}\"><h2>"
                     f"{pick.choice(self.sentences)}</h2>\n<p>{text}\n"
                     f"<a href=\"{TRACKER}/c/{pick.getrandbits(96):024x}/{pick.randrange(10000)}\">Read more</a></p>\n"
                     f"<img src=\"images/{pick.randrange(2000):05}.jpg\" width=\"552\" alt=\"\"></td></tr>\n")
            parts.append(block)
            length += len(block)
        return "".join(parts).encode()

    def recipients(self, _):
        pick = self.random
        count = 5000
        columns = (pick.choices(FIRST, k=count), pick.choices(LAST, k=count), pick.choices(DOMAINS, k=count),
                   pick.choices(CITIES, k=count), pick.choices(["de", "en", "fr", "es"], k=count))
        numbers = pick.choices(range(10**9), k=count)
        days = pick.choices(range(1, 29), k=count)
        return "".join(
            f"{number};{first}.{last}{number % 1000}@{domain};{first};{last};{city};{language};"
            f"20{number % 25:02}-{number % 12 + 1:02}-{day:02};{number % 7 % 2}\r\n"
            for first, last, domain, city, language, number, day in zip(*columns, numbers, days)).encode()

    def log(self, _):
        pick = self.random
        count = 5000
        second = pick.randrange(86_400)
        columns = (pick.choices(FIRST, k=count), pick.choices(LAST, k=count), pick.choices(DOMAINS, k=count),
                   pick.choices(AGENTS, k=count), pick.choices(range(10**8), k=count))
        lines = []
        for number, (first, last, domain, agent, key) in enumerate(zip(*columns)):
            now = second + number // 40
            stamp = f"2026-11-24 {now // 3600 % 24:02}:{now // 60 % 60:02}:{now % 60:02},{key % 1000:03}"
            if key % 5:
                lines.append(f"{stamp} INFO  [delivery-{key % 16}] job {key % 4000:06} to {first}.{last}{key % 997}@{domain}"
                             f" 250 2.0.0 Ok: queued as {key:08X}\n")
            else:
                lines.append(f"{stamp} DEBUG [tracker-{key % 8}] GET /o/{key:08x}/{key * 7919 % 10**8:08}.gif 200 43"
                             f" 198.51.{key % 256}.{key // 256 % 256} \"{agent}\"\n")
        return "".join(lines).encode()

    def small(self, size):
        return (" ".join(self.random.choices(self.sentences, k=size // 40 + 1)) + "\n").encode()


def tree(folder, size, seed):
    maker = Maker(seed)
    lui, trk = folder + "/lui", folder + "/trk"
    maker.fill(size * 25 // 100, 10_000, 400_000, lambda n: f"{lui}/images/{n // 500:03}/{n % 500:05}.jpg", maker.image)
    maker.fill(size * 25 // 100, 1_000_000, 30_000_000, lambda n: f"{lui}/recipients/list-{n:05}.csv", maker.recipients)
    maker.fill(size * 14 // 100, 6_000, 60_000, lambda n: f"{lui}/newsletters/{n // 200:04}/{n:06}.html", maker.page)
    maker.fill(size * 1 // 100, 100, 4_000, lambda n: f"{lui}/fragments/{n // 200:04}/{n:06}.txt", maker.small)
    maker.fill(size * 35 // 100, 20_000_000, 100_000_000, lambda n: f"{trk}/events/tracker-{n:05}.log", maker.log)
    return maker.files


def log(path, size, seed, needles):
    maker = Maker(seed)
    planted = needles[::10]
    step = size // (len(planted) + 1)
    with open(path, "wb") as file:
        while file.tell() < size:
            file.write(maker.log(0))
            if planted and file.tell() > step * (len(needles[::10]) - len(planted) + 1):
                file.write(f"2026-11-24 21:34:05,000 WARN  [main] value {planted.pop(0)} was given\n".encode())


def main(words):
    if words[:1] == ["--log"]:
        needles = open(words[4]).read().split() if len(words) > 4 else []
        return log(words[1], int(words[2]), int(words[3]) if len(words) > 3 else 1, needles)
    print(tree(words[0], int(words[1]), int(words[2]) if len(words) > 2 else 1))


if __name__ == "__main__":
    main(sys.argv[1:])
