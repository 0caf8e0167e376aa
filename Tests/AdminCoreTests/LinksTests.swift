import Testing

@testable import Detection

@Suite struct LinksTests {
  @Test func theHostsOfLinksAreFound() {
    let text = """
      <a href="https://Track.example/t/1">x</a> <img src='//img.example:8080/o'> http://u@web.example?x
      no://, // comment, a//b, href=3D"http://qp.example/" and [2001:db8::1], http://[2001:db8::2]:80/
      """
    #expect(
      Links.hosts(in: text) == [
        "track.example", "img.example", "web.example", "qp.example", "[2001:db8::2]",
      ])
    #expect(Links.hosts(in: "").isEmpty && Links.hosts(in: "://").isEmpty)
  }
}
