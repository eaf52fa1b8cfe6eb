namespace NeuralNetFromScratch.Tests.Files;

/// <summary>Texts from files, as messages show them.</summary>
public class MessageTextTests
{
    [TestCase("dense1.weight", "dense1.weight")]
    [TestCase("Grüße 数字 🙂 \"quoted\" back\\slash", "Grüße 数字 🙂 \"quoted\" back\\slash")]
    [TestCase("\u001b[2J\u0007\r\n\t\0", "\\u001b[2J\\u0007\\u000d\\u000a\\u0009\\u0000")]
    [TestCase("\u009b1m\u007f", "\\u009b1m\\u007f")]
    [TestCase("abc\u202etxt.exe", "abc\\u202etxt.exe")]
    [TestCase("a\u200bb\u2028c\ufeff", "a\\u200bb\\u2028c\\ufeff")]
    public void Characters_that_steer_or_deceive_are_escaped(string text, string shown) => Assert.That(MessageText.Of(text), Is.EqualTo(shown));

    [Test]
    public void Halves_of_surrogate_pairs_are_escaped()
    {
        Assert.That(MessageText.Of("a\ud83d"), Is.EqualTo("a\\ud83d"));
        Assert.That(MessageText.Of("\ude42b"), Is.EqualTo("\\ude42b"));
    }

    [Test]
    public void A_long_text_is_cut_between_characters()
    {
        Assert.That(MessageText.Of(new string('a', 100)), Is.EqualTo(new string('a', 100)));
        Assert.That(MessageText.Of(new string('a', 101)), Is.EqualTo(new string('a', 100) + "…"));
        Assert.That(MessageText.Of(new string('a', 99) + "🙂b"), Is.EqualTo(new string('a', 99) + "…"));
        Assert.That(MessageText.Of(new string('\u001b', 50_000_000)), Has.Length.EqualTo(601));
    }

    [Test]
    public void A_list_says_how_many_more_there_are()
    {
        Assert.That(MessageText.List<int>([1, -2]), Is.EqualTo("1, -2"));
        Assert.That(MessageText.List((int[])[.. Enumerable.Range(1, 22)]), Does.EndWith("19, 20, and 2 more"));
    }

    [Test]
    public void A_message_keeps_its_line_breaks() => Assert.That(MessageText.Whole("one\r\ntwo\u001b"), Is.EqualTo("one\r\ntwo\\u001b"));

    [Test]
    public void An_exception_whose_message_cannot_be_shown_is_not_passed_on()
    {
        var harmless = new FormatException("a");
        Assert.That(MessageText.Malformed("file", harmless).InnerException, Is.SameAs(harmless));
        Assert.That(MessageText.Malformed("file", new FormatException("\u001b")), Has.Message.EqualTo("file: \\u001b").And.InnerException.Null);
        Assert.That(MessageText.Malformed("file", new FormatException(new string('a', 50_000_000))).Message, Has.Length.LessThan(8_100));
    }
}
