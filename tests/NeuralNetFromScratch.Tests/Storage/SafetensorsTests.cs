using System.Buffers.Binary;
using System.Text;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Storage;

public class SafetensorsTests
{
    private const string Good = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    /// <summary>Headers that the reference implementation rejects, with the bytes after them, and a part of the message.</summary>
    private static readonly (string Header, int Data, string Message)[] Malformed =
    [
        ("", 0, "does not begin with {"),
        (" {}", 0, "does not begin with {"),
        ("[]", 0, "does not begin with {"),
        ("{", 0, "not proper JSON"),
        ("{} {}", 0, "not proper JSON"),
        ("{}x", 0, "not proper JSON"),
        ("{/* no */}", 0, "not proper JSON"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],}}""", 8, "not proper JSON"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "not proper JSON"),
        ("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "lacks its dtype"),
        ("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "lacks its shape"),
        ("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "lacks its data_offsets"),
        ("""{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype \"F33\""),
        ("""{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype"),
        ("""{"a":{"dtype":1,"shape":[2],"data_offsets":[0,8]}}""", 8, "dtype of tensor \"a\": expected String"),
        ("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "has its dtype twice"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", 8, "unknown field \"more\""),
        ("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "list of whole numbers"),
        ("""{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}""", 8, "list of whole numbers"),
        ("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "list of whole numbers"),
        ("""{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}""", 0, "list of whole numbers"),
        ("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "list of whole numbers"),
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
        ("""{"a":{"dtype":"F32","shape":[9999999999999999999999],"data_offsets":[0,8]}}""", 8, "list of whole numbers"),
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
        ("""{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "not proper JSON"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"d\u0074ype":"F32"}}""", 8, "has its dtype twice"),
        ("""{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", 8, "has its shape twice"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"data_offsets":[0,8]}}""", 8, "has its data_offsets twice"),
        ("""{"__metadata__":{"k":"v","\u006b":"w"}}""", 0, "names \"k\" twice"),
        ("""{"__metadata__":{},"\u005f_metadata__":{}}""", 0, "twice"),
        ("""{"\u005f_metadata__":{"k":1}}""", 0, "expected String, got Number"),
        ("""{"__metadata__":[]}""", 0, "expected StartObject, got StartArray"),
        ("""{"__metadata__":{"k":{}}}""", 0, "expected String, got StartObject"),
        ("""{"__metadata__":{"k":true}}""", 0, "expected String, got True"),
        ("""{"__metadata__":{"k":"\udc00"}}""", 0, "not proper JSON"),
        ("""{"a":{"dtype":"\ud800","shape":[1],"data_offsets":[0,1]}}""", 1, "not proper JSON"),
        ("\uFEFF{}", 0, "does not begin with {"),
        ("\n{}", 0, "does not begin with {"),
        ("{}\0", 0, "not proper JSON"),
        ("{}\u00A0", 0, "not proper JSON"),
        ("{'a':1}", 0, "not proper JSON"),
        ("{a:1}", 0, "not proper JSON"),
        ("{\"\t\":1}", 0, "not proper JSON"),
        ("{\"\\x\":1}", 0, "not proper JSON"),
        ("{\"\\u00\":1}", 0, "not proper JSON"),
        ("""{"a":{}}""", 0, "lacks its dtype"),
        ("""{"a":[]}""", 0, "expected StartObject, got StartArray"),
        ("""{"a":["F32",[2],[0,8]]}""", 8, "expected StartObject, got StartArray"),
        ("""{"a":7}""", 0, "expected StartObject, got Number"),
        ("""{"a":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}""", 8, "expected String, got Null"),
        ("""{"a":{"dtype":"F32","shape":null,"data_offsets":[0,8]}}""", 8, "expected StartArray, got Null"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":null}}""", 8, "expected StartArray, got Null"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", 8, "expected a begin and an end"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[null,8]}}""", 8, "list of whole numbers"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-0,8]}}""", 8, "list of whole numbers"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8.0]}}""", 8, "list of whole numbers"),
        ("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,[8]]}}""", 8, "list of whole numbers"),
        ("""{"a":{"dtype":"F32","shape":[true],"data_offsets":[0,8]}}""", 8, "list of whole numbers"),
        ("""{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}""", 8, "not proper JSON"),
        ("""{"a":{"dtype":"F32","shape":[+2],"data_offsets":[0,8]}}""", 8, "not proper JSON"),
        ("""{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,8]}}""", 8, "not proper JSON"),
        ("""{"a":{"dtype":"F32","shape":[2,],"data_offsets":[0,8]}}""", 8, "not proper JSON"),
        ("""{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,8]}}""", 8, "list of whole numbers"),
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
    public void What_the_reference_rejects_is_rejected_with_a_reason([Range(0, 98)] int number)
    {
        (string header, int data, string message) = Malformed[number];
        Assert.That(() => Read(File(Encoding.UTF8.GetBytes(header), data)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message), header);
    }

    [Test]
    public void All_malformed_headers_are_tried() => Assert.That(Malformed, Has.Length.EqualTo(99));

    [Test]
    public void Bytes_that_are_no_UTF8_are_rejected_wherever_they_stand(
        [Values("""{"__metadata__":{"k":"?"}}""", """{"__metadata__":{"?":"v"}}""", """{"?":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", """{"a":{"dtype":"?","shape":[0],"data_offsets":[0,0]}}""", "{}?")] string header,
        [Values("80", "FF", "C0AF", "EDA080", "F4908080", "E282", "F8888080")] string bytes)
    {
        int place = header.IndexOf('?', StringComparison.Ordinal);
        byte[] whole = [.. Encoding.UTF8.GetBytes(header[..place]), .. Convert.FromHexString(bytes), .. Encoding.UTF8.GetBytes(header[(place + 1)..])];
        Assert.That(() => Read(File(whole, 0)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("not proper JSON"));
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
    public void What_the_reference_accepts_of_the_documented_format_is_accepted(string header, int data) =>
        Assert.That(() => Read(File(Encoding.UTF8.GetBytes(header), data)), Throws.Nothing);

    [Test]
    public void Lengths_that_lie_are_rejected_before_anything_is_allocated([Values(0, 1, 7)] int bytes) =>
        Assert.That(() => Read(new byte[bytes]), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("too few"));

    [TestCase(100_000_001UL, "more than 100000000")]
    [TestCase(ulong.MaxValue, "more than 100000000")]
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

    [Test]
    public void What_is_written_is_read_again()
    {
        SafetensorEntry[] tensors =
        [
            SafetensorEntry.FromFloats("matrix", [2, 3], [1, -2.5f, float.NaN, float.PositiveInfinity, 1e-45f, 0]),
            SafetensorEntry.FromFloats("scalar", [], [7]),
            SafetensorEntry.FromFloats("empty", [3, 0], []),
            new("bytes", SafetensorType.U8, [3], (byte[])[1, 2, 255]),
            new("wide", SafetensorType.I64, [1], (byte[])[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            SafetensorEntry.FromFloats("name with \"quotes\", ümläuts and 漢字", [1], [3]),
        ];
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, new Dictionary<string, string> { ["key"] = "välue\n", ["other"] = "" });
        byte[] file = stream.ToArray();
        Assert.That(BinaryPrimitives.ReadUInt64LittleEndian(file) % 8, Is.Zero, "the data begin aligned");

        using var reader = new SafetensorsReader(new MemoryStream(file));
        Assert.That(reader.Metadata["key"], Is.EqualTo("välue\n"));
        Assert.That(reader.Metadata["other"], Is.Empty);
        Assert.That(reader.Tensors.Select(tensor => tensor.Name), Is.EquivalentTo(tensors.Select(tensor => tensor.Name)));
        Assert.That(reader.Tensors[0].Name, Is.EqualTo("wide"), "the widest elements first");
        Assert.That(TestValues.Bits(Floats(reader, "matrix")), Is.EqualTo(TestValues.Bits([1, -2.5f, float.NaN, float.PositiveInfinity, 1e-45f, 0])));
        Assert.That(Floats(reader, "scalar"), Is.EqualTo((float[])[7]));
        Assert.That(Floats(reader, "empty"), Is.Empty);
        Assert.That(Floats(reader, "bytes"), Is.EqualTo((float[])[1, 2, 255]));
        Assert.That(Floats(reader, "wide"), Is.EqualTo((float[])[-2]));
        Assert.That(Floats(reader, "name with \"quotes\", ümläuts and 漢字"), Is.EqualTo((float[])[3]));
    }

    [Test]
    public void The_same_contents_give_the_same_bytes_in_whatever_order_they_come()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(
            stream,
            [SafetensorEntry.FromFloats("b", [1], [1]), SafetensorEntry.FromFloats("a", [1], [2]), new("c", SafetensorType.F64, [1], new byte[8])],
            new Dictionary<string, string> { ["y"] = "1", ["x"] = "2" });
        Assert.That(Encoding.UTF8.GetString(stream.ToArray()[8..^16]).TrimEnd(), Is.EqualTo(
            """{"__metadata__":{"x":"2","y":"1"},"c":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}"""));
        using var bare = new MemoryStream();
        SafetensorsWriter.Write(bare, [], new Dictionary<string, string>());
        Assert.That(Encoding.UTF8.GetString(bare.ToArray()[8..]).TrimEnd(), Is.EqualTo("{}"));
    }

    [Test]
    public void A_file_within_a_stream_is_read_from_where_the_stream_stands()
    {
        using var stream = new MemoryStream();
        stream.Write([1, 2, 3]);
        SafetensorsWriter.Write(stream, [SafetensorEntry.FromFloats("a", [2], [5, 6])]);
        stream.Position = 3;
        using var reader = new SafetensorsReader(stream);
        Assert.That(Floats(reader, "a"), Is.EqualTo((float[])[5, 6]));
    }

    [Test]
    public void Nothing_can_be_neither_written_nor_read()
    {
        Assert.That(() => SafetensorsWriter.Write(Stream.Null, null!), Throws.ArgumentNullException);
        Assert.That(() => SafetensorsWriter.Write((Stream)null!, []), Throws.ArgumentNullException);
        Assert.That(() => SafetensorsWriter.Write(Stream.Null, [], new Dictionary<string, string> { ["k"] = null! }), Throws.ArgumentNullException);
        Assert.That(() => new SafetensorsReader(null!), Throws.ArgumentNullException);
    }

    [TestCase(SafetensorType.Bool, new byte[] { 1 }, 1)]
    [TestCase(SafetensorType.U8, new byte[] { 200 }, 200)]
    [TestCase(SafetensorType.I8, new byte[] { 0xff }, -1)]
    [TestCase(SafetensorType.U16, new byte[] { 0xff, 0xff }, 65535)]
    [TestCase(SafetensorType.I16, new byte[] { 0xfe, 0xff }, -2)]
    [TestCase(SafetensorType.U32, new byte[] { 0, 0, 0, 0x80 }, 2147483648f)]
    [TestCase(SafetensorType.I32, new byte[] { 0xfd, 0xff, 0xff, 0xff }, -3)]
    [TestCase(SafetensorType.U64, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x80 }, 9.223372e18f)]
    [TestCase(SafetensorType.I64, new byte[] { 5, 0, 0, 0, 0, 0, 0, 0 }, 5)]
    [TestCase(SafetensorType.F16, new byte[] { 0x00, 0x3e }, 1.5f)]
    [TestCase(SafetensorType.BF16, new byte[] { 0xc0, 0xbf }, -1.5f)]
    [TestCase(SafetensorType.F32, new byte[] { 0, 0, 0x20, 0x40 }, 2.5f)]
    [TestCase(SafetensorType.F64, new byte[] { 0, 0, 0, 0, 0, 0, 0x0c, 0x40 }, 3.5f)]
    public void Every_number_type_becomes_floats(SafetensorType type, byte[] bytes, float expected)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [new("t", type, [1], bytes)]);
        using var reader = new SafetensorsReader(new MemoryStream(stream.ToArray()));
        Assert.That(Floats(reader, "t"), Is.EqualTo((float[])[expected]));
    }

    [TestCase(SafetensorType.C64, 8)]
    [TestCase(SafetensorType.F8E4M3, 1)]
    [TestCase(SafetensorType.F8E5M2, 1)]
    [TestCase(SafetensorType.F8E8M0, 1)]
    public void Types_that_cannot_be_converted_are_named(SafetensorType type, int bytes)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [new("t", type, [1], new byte[bytes])]);
        using var reader = new SafetensorsReader(new MemoryStream(stream.ToArray()));
        Assert.That(() => Floats(reader, "t"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("cannot be read as floats"));
    }

    [Test]
    public void A_tensor_longer_than_a_chunk_is_read_whole()
    {
        float[] values = TestValues.Uniform(100_003, 1);
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [SafetensorEntry.FromFloats("t", [100_003], values), new("first", SafetensorType.F64, [], new byte[8])]);
        using var reader = new SafetensorsReader(new MemoryStream(stream.ToArray()));
        Assert.That(Floats(reader, "t"), Is.EqualTo(values));
    }

    [Test]
    public void Writing_refuses_what_could_not_be_read()
    {
        Assert.That(() => SafetensorsWriter.Write(Stream.Null, [SafetensorEntry.FromFloats("a", [1], [1]), SafetensorEntry.FromFloats("a", [1], [1])]), Throws.ArgumentException);
        Assert.That(() => SafetensorsWriter.Write(Stream.Null, [SafetensorEntry.FromFloats("__metadata__", [1], [1])]), Throws.ArgumentException);
        Assert.That(() => SafetensorsWriter.Write(Stream.Null, [SafetensorEntry.FromFloats("a", [2], [1])]), Throws.ArgumentException);
        Assert.That(() => SafetensorsWriter.Write(Stream.Null, [new("a", SafetensorType.F4, [3], new byte[2])]), Throws.ArgumentException);
        Assert.That(() => SafetensorsWriter.Write(Stream.Null, [SafetensorEntry.FromFloats("\ud800", [1], [1])]), Throws.ArgumentException);
        Assert.That(() => SafetensorsWriter.Write(Stream.Null, [], new Dictionary<string, string> { ["\udc00"] = "" }), Throws.ArgumentException);
        Assert.That(() => SafetensorsWriter.Write(Stream.Null, [], new Dictionary<string, string> { ["k"] = "\udc00" }), Throws.ArgumentException);
    }

    [Test]
    public void A_failed_write_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors");
        SafetensorsWriter.Write(path, [SafetensorEntry.FromFloats("a", [1], [1])]);
        Assert.That(() => SafetensorsWriter.Write(path, [SafetensorEntry.FromFloats("a", [2], [1])]), Throws.ArgumentException);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Assert.That(Floats(reader, "a"), Is.EqualTo((float[])[1]));
        Assert.That(folder.FileNames, Is.EqualTo((string[])["a.safetensors"]));
    }

    [Test]
    public void An_error_names_the_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("bad.safetensors");
        System.IO.File.WriteAllBytes(path, [1, 2, 3]);
        Assert.That(() => SafetensorsReader.Open(path), Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith(path));
    }

    private static float[] Floats(SafetensorsReader reader, string name)
    {
        SafetensorInfo tensor = reader.Tensors.Single(tensor => tensor.Name == name);
        var values = new float[tensor.Length];
        reader.ReadFloats(tensor, values);
        return values;
    }

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
