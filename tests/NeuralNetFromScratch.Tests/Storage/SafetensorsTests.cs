using System.Buffers.Binary;
using System.Text;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Storage;

/// <summary>Files that are written and read again.</summary>
public class SafetensorsTests
{
    [Test]
    public void Written_contents_are_read_back()
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
    public void The_order_of_contents_does_not_change_the_bytes()
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
    public void Null_can_be_neither_written_nor_read()
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
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.That(() => SafetensorsReader.Open(path), Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith(path));
    }

    private static float[] Floats(SafetensorsReader reader, string name)
    {
        SafetensorInfo tensor = reader.Tensors.Single(tensor => tensor.Name == name);
        var values = new float[tensor.Length];
        reader.ReadFloats(tensor, values);
        return values;
    }
}
