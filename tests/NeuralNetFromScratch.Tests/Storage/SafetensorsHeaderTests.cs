using System.Buffers.Binary;
using System.Text;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>Headers: what the reference implementation takes and refuses, and what other files are.</summary>
public class SafetensorsHeaderTests
{
    private const string Good = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    /// <summary>Headers that the reference implementation rejects, with the bytes after them, and a part of the message.</summary>
    private static readonly (string Header, int Data, string Message)[] Malformed =
    [
        ("", 0, "does not begin with {"),
        ("[]", 0, "does not begin with {"),
        ("{", 0, "not valid JSON"),
        ("{} {}", 0, "not valid JSON"),
        ("{}x", 0, "not valid JSON"),
        ("{/* no */}", 0, "not valid JSON"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],}}""", 8, "not valid JSON"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "not valid JSON"),
        ("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "has no dtype"),
        ("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "has no shape"),
        ("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "has no data_offsets"),
        ("""{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype \"F33\""),
        ("""{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype"),
        ("""{"a":{"dtype":1,"shape":[2],"data_offsets":[0,8]}}""", 8, "dtype of tensor \"a\": expected String"),
        ("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "has dtype twice"),
        ("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "list of non-negative integers"),
        ("""{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}""", 8, "list of non-negative integers"),
        ("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "list of non-negative integers"),
        ("""{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}""", 0, "list of non-negative integers"),
        ("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "list of non-negative integers"),
        ("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "expected StartArray"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "expected a begin and an end"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "expected a begin and an end"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "expected a begin and an end"),
        ("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "needs 12 bytes, but has 8"),
        ("""{"a":{"dtype":"F64","shape":[],"data_offsets":[0,4]}}""", 4, "needs 8 bytes, but has 4"),
        ("""{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}""", 2, "not whole bytes"),
        ("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "too large"),
        ("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}""", 0, "too large"),
        ("""{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,8]}}""", 8, "too large"),
        ("""{"a":{"dtype":"F32","shape":[9999999999999999999999],"data_offsets":[0,8]}}""", 8, "list of non-negative integers"),
        (Good, 7, "but the file has 7 bytes"),
        (Good, 9, "but the file has 9 bytes"),
        ("{}", 1, "but the file has 1 bytes"),
        ("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "begins at byte 1"),
        ("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}""", 5, "begins at byte 3, but the one before it ends at 2"),
        ("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "begins at byte 1"),
        ("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2, "begins at byte 0"),
        ("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "names \"a\" twice"),
        ("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "names \"a\" twice"),
        ("""{"__metadata__":{"k":1}}""", 0, "expected String, got Number"),
        ("""{"__metadata__":{"k":null}}""", 0, "expected String, got Null"),
        ("""{"__metadata__":{"k":["v"]}}""", 0, "expected String, got StartArray"),
        ("""{"__metadata__":"v"}""", 0, "expected StartObject, got String"),
        ("""{"__metadata__":{"k":"v","k":"w"}}""", 0, "names \"k\" twice"),
        ("""{"__metadata__":{},"__metadata__":{}}""", 0, "twice"),
        ("""{"a":null}""", 0, "expected StartObject, got Null"),
        ("""{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "not valid JSON"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"d\u0074ype":"F32"}}""", 8, "has dtype twice"),
        ("""{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", 8, "has shape twice"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"data_offsets":[0,8]}}""", 8, "has data_offsets twice"),
        ("""{"__metadata__":{"k":"v","\u006b":"w"}}""", 0, "names \"k\" twice"),
        ("""{"__metadata__":{},"\u005f_metadata__":{}}""", 0, "twice"),
        ("""{"\u005f_metadata__":{"k":1}}""", 0, "expected String, got Number"),
        ("""{"__metadata__":[]}""", 0, "expected StartObject, got StartArray"),
        ("""{"__metadata__":{"k":{}}}""", 0, "expected String, got StartObject"),
        ("""{"__metadata__":{"k":true}}""", 0, "expected String, got True"),
        ("""{"__metadata__":{"k":"\udc00"}}""", 0, "not valid JSON"),
        ("""{"a":{"dtype":"\ud800","shape":[1],"data_offsets":[0,1]}}""", 1, "not valid JSON"),
        ("\uFEFF{}", 0, "does not begin with {"),
        ("{}\0", 0, "not valid JSON"),
        ("{}\u00A0", 0, "not valid JSON"),
        ("{'a':1}", 0, "not valid JSON"),
        ("{a:1}", 0, "not valid JSON"),
        ("{\"\t\":1}", 0, "not valid JSON"),
        ("{\"\\x\":1}", 0, "not valid JSON"),
        ("{\"\\u00\":1}", 0, "not valid JSON"),
        ("""{"a":{}}""", 0, "has no dtype"),
        ("""{"a":[]}""", 0, "expected StartObject, got StartArray"),
        ("""{"a":["F32",[2],[0,8]]}""", 8, "expected StartObject, got StartArray"),
        ("""{"a":7}""", 0, "expected StartObject, got Number"),
        ("""{"a":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}""", 8, "expected String, got Null"),
        ("""{"a":{"dtype":"F32","shape":null,"data_offsets":[0,8]}}""", 8, "expected StartArray, got Null"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":null}}""", 8, "expected StartArray, got Null"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", 8, "expected a begin and an end"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[null,8]}}""", 8, "list of non-negative integers"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-0,8]}}""", 8, "list of non-negative integers"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8.0]}}""", 8, "list of non-negative integers"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,[8]]}}""", 8, "list of non-negative integers"),
        ("""{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,8]}}""", 8, "list of non-negative integers"),
        ("""{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}""", 8, "not valid JSON"),
        ("""{"a":{"dtype":"F32","shape":[+2],"data_offsets":[0,8]}}""", 8, "not valid JSON"),
        ("""{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,8]}}""", 8, "not valid JSON"),
        ("""{"a":{"dtype":"F32","shape":[2,],"data_offsets":[0,8]}}""", 8, "not valid JSON"),
        ("""{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,8]}}""", 8, "list of non-negative integers"),
        ("""{"a":{"dtype":"U8","shape":[2305843009213693952],"data_offsets":[0,8]}}""", 8, "too large"),
        ("""{"a":{"dtype":"F64","shape":[2305843009213693952,0],"data_offsets":[0,8]}}""", 8, "needs 0 bytes, but has 8"),
        ("""{"a":{"dtype":"F32","shape":[1073741825,4294967296,4],"data_offsets":[0,16]}}""", 16, "too large"),
        ("""{"a":{"dtype":"F4","shape":[],"data_offsets":[0,1]}}""", 1, "not whole bytes"),
        ("""{"a":{"dtype":"F6_E2M3","shape":[3],"data_offsets":[0,3]}}""", 3, "not whole bytes"),
        ("""{"a":{"dtype":"F6_E3M2","shape":[4],"data_offsets":[0,4]}}""", 4, "needs 3 bytes, but has 4"),
        ("""{"a":{"dtype":"F4","shape":[4],"data_offsets":[0,4]}}""", 4, "needs 2 bytes, but has 4"),
        ("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,4]}}""", 4, "needs 8 bytes, but has 4"),
        ("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"c":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}""", 1, "begins at byte 2"),
        ("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}""", 2, "begins at byte 9223372036854775806"),
        ("{\"a\":" + new string('[', 200) + new string(']', 200) + "}", 0, "expected StartObject"),
    ];

    [Test]
    public void What_the_reference_rejects_is_rejected_with_a_reason([Range(0, 95)] int number)
    {
        (string header, int data, string message) = Malformed[number];
        Assert.That(() => Read(File(Encoding.UTF8.GetBytes(header), data)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message), header);
    }

    [Test]
    public void All_malformed_headers_are_tried() => Assert.That(Malformed, Has.Length.EqualTo(96));

    [Test]
    public void Bytes_that_are_no_UTF8_are_rejected_wherever_they_stand(
        [Values("""{"__metadata__":{"k":"?"}}""", """{"__metadata__":{"?":"v"}}""", """{"?":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", """{"a":{"dtype":"?","shape":[0],"data_offsets":[0,0]}}""", "{}?")] string header,
        [Values("80", "FF", "C0AF", "EDA080", "F4908080", "E282", "F8888080")] string bytes)
    {
        int place = header.IndexOf('?', StringComparison.Ordinal);
        byte[] whole = [.. Encoding.UTF8.GetBytes(header[..place]), .. Convert.FromHexString(bytes), .. Encoding.UTF8.GetBytes(header[(place + 1)..])];
        Assert.That(() => Read(File(whole, 0)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("not valid JSON"));
    }

    [TestCase("{}", 0)]
    [TestCase("{}   \r\n\t ", 0)]
    [TestCase("{ }", 0)]
    [TestCase("""{"__metadata__":{}}""", 0)]
    [TestCase("""{"":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""", 1)]
    [TestCase("""{"a\u0000":{"shape":[0,9223372036854775807],"data_offsets":[0,0],"dtype":"F64"}}""", 0)]
    [TestCase("""{"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 3)]
    [TestCase("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"e":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"f":{"dtype":"U8","shape":[3,0],"data_offsets":[1,1]}}""", 1)]
    [TestCase("""{"a":{"dtype":"F4","shape":[2,3],"data_offsets":[0,3]}}""", 3)]
    [TestCase("""{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]},"b":{"dtype":"C64","shape":[1],"data_offsets":[3,11]}}""", 11)]
    [TestCase("""{"\ud83d\ude00":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}""", 1)]
    [TestCase(" {}", 0)]
    [TestCase("\r\n\t{}", 0)]
    [TestCase("""{"__metadata__":null}""", 0)]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":{"deep":[1,{"x":null}]}}}""", 8)]
    [TestCase("""{"a":{"dtype":"F8_E4M3FNUZ","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"F8_E5M2FNUZ","shape":[1],"data_offsets":[2,3]}}""", 3)]
    public void What_the_reference_accepts_of_the_documented_format_is_accepted(string header, int data) =>
        Assert.That(() => Read(File(Encoding.UTF8.GetBytes(header), data)), Throws.Nothing);

    [Test]
    public void Lengths_that_lie_are_rejected_before_anything_is_allocated([Values(0, 1, 7)] int bytes) =>
        Assert.That(() => Read(new byte[bytes]), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("too few"));

    [TestCase(100_000_001UL, "more than the maximum of 100000000")]
    [TestCase(ulong.MaxValue, "more than the maximum of 100000000")]
    [TestCase(99_999_999UL, "but the file ends after 2")]
    [TestCase(3UL, "but the file ends after 2")]
    public void A_header_that_is_too_long_is_rejected(ulong length, string message)
    {
        byte[] file = File("{}"u8.ToArray(), 0);
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => Read(file), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    [TestCase("504B030414000000", "zip archive, the format of PyTorch (.pth, .pt)")]
    [TestCase("8002635F5F6D61696E5F5F0A", "pickle")]
    [TestCase("894844460D0A1A0A00000000", "HDF5 file, the format of Keras (.h5)")]
    [TestCase("934E554D5059010076007B27", "NumPy array")]
    [TestCase("080812077079746F726368", "ONNX model; OnnxModel.Import")]
    [TestCase("0807120B", "too few")]
    [TestCase("7B226D65746164617461223A7B7D7D", "index of a model in several files")]
    [TestCase("76657273696F6E2068747470733A2F2F6769742D6C66732E6769746875622E636F6D", "Git LFS pointer")]
    [TestCase("3C21444F43545950452068746D6C3E", "HTML")]
    [TestCase("1F8B0800000000000003", "gzip")]
    [TestCase("4747554603000000", "GGUF")]
    [TestCase("FFFFFFFFFFFFFFFF00", "more than the maximum of 100000000")]
    public void A_file_of_another_kind_is_called_what_it_is(string bytes, string message) =>
        Assert.That(() => Read(Convert.FromHexString(bytes)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));

    private static void Read(byte[] file)
    {
        using var reader = new SafetensorsReader(new MemoryStream(file));
    }

    private static byte[] File(byte[] header, int data)
    {
        byte[] file = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file, 8);
        return file;
    }
}
