using System.Numerics.Tensors;
using Google.Protobuf;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Onnx.Protos;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Weights beside a model, and files that ask for more than they hold.</summary>
public class OnnxFileTests
{
    private static readonly float[] Weights = [1, 2, 3, 4, 5, 6];

    [Test]
    public void Weights_beside_the_model_are_read()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, "model.onnx.data", offset: 8, length: 24);
        Assert.That(OnnxModel.Import(path).Predict(Tensor.Create<float>([1, 10, 100], [1, 3])).AsMatrix().Span.ToArray(), Is.EqualTo((float[])[531, 642]));
        Directory.CreateDirectory(folder.File("weights"));
        File.Copy(folder.File("model.onnx.data"), folder.File("weights/data"));
        Assert.That(OnnxModel.Import(Write(folder, "weights/data", offset: 8, length: 24)).OutputShape.ElementCount, Is.EqualTo(2));
    }

    [TestCase("../model.onnx.data")]
    [TestCase("/etc/passwd")]
    [TestCase("weights/../../model.onnx.data")]
    [TestCase("")]
    [TestCase("\0")]
    public void Weights_elsewhere_are_refused(string location)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, location, offset: 8, length: 24);
        Assert.That(() => OnnxModel.Import(path), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("outside the folder of the model"));
    }

    [Test]
    public void Weights_that_a_link_leads_to_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        File.WriteAllBytes(other.File("data"), new byte[24]);
        File.CreateSymbolicLink(folder.File("link"), other.File("data"));
        Assert.That(() => OnnxModel.Import(Write(folder, "link", 0, 24)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("outside the folder of the model"));
    }

    [TestCase(8, 20)]
    [TestCase(12, 24)]
    [TestCase(1_000_000, 24)]
    public void Weights_of_another_size_are_refused(int offset, int length)
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => OnnxModel.Import(Write(folder, "model.onnx.data", offset, length)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("\"w\" has 24 bytes"));
    }

    [Test]
    public void Weights_that_are_missing_are_named()
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => OnnxModel.Import(Write(folder, "other.data", 0, 24)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("does not exist"));
    }

    [Test]
    public void A_stream_cannot_lead_to_weights_beside_it_and_the_message_says_how_to_write_one_file()
    {
        using var folder = new TemporaryFolder();
        byte[] file = File.ReadAllBytes(Write(folder, "model.onnx.data", 8, 24));
        Assert.That(() => OnnxModel.Import(new MemoryStream(file)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("external_data=False"));
    }

    [Test]
    public void A_stream_that_cannot_seek_is_read_to_its_end()
    {
        using var stream = new MemoryStream();
        OnnxModel.Export(new Sequential([3], 1, new Dense(2)) { OutputActivation = OutputActivation.None }, stream);
        using var pipe = new System.IO.Compression.DeflateStream(new MemoryStream(Deflated(stream.ToArray())), System.IO.Compression.CompressionMode.Decompress);
        Assert.That(OnnxModel.Import(pipe).OutputShape.ElementCount, Is.EqualTo(2));
    }

    [Test]
    public void Importing_takes_memory_in_proportion_to_the_file()
    {
        // Factors one after another, attributes that nobody reads, many weights.
        var factors = new GraphSketch().Input("v0", -1, 3).Output("y").Floats("k", [], 1.0001f);
        for (int i = 0; i < 6000; i++)
            factors.Node("Mul", $"v{i} k", $"v{i + 1}");
        factors.Node("Identity", "v6000", "y");
        var attributes = new GraphSketch().Input("x", -1, 3).Output("y").Node("Relu", "x", "y");
        for (int i = 0; i < 40_000; i++)
            attributes.Model.Graph.Node[0].Attribute.Add(new AttributeProto { Name = $"a{i}", F = 1, Type = AttributeProto.Types.AttributeType.Float });
        GraphSketch weights = new GraphSketch().Input("x", -1, 1000).Output("y").Node("MatMul", "x w", "y");
        weights.Model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, Dims = { 1000, 1000 }, RawData = ByteString.CopyFrom(new byte[4_000_000]) });
        const int PerNode = 6000;
        foreach ((GraphSketch sketch, int factor) in ((GraphSketch, int)[])[(factors, 5), (attributes, 16), (weights, 5)])
        {
            byte[] file = sketch.Bytes;
            long before = GC.GetAllocatedBytesForCurrentThread();
            OnnxModel.Import(new MemoryStream(file));
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan((long)factor * file.Length + PerNode * sketch.Model.Graph.Node.Count + 1_000_000));
        }
    }

    [Test]
    public void Files_of_many_small_entries_are_refused_before_they_are_parsed()
    {
        var nodes = new GraphProto();
        for (int i = 0; i < 100_001; i++)
            nodes.Node.Add(new NodeProto());
        Refused(new ModelProto { Graph = nodes }, "more than 100000 nodes");
        var names = new NodeProto();
        for (int i = 0; i < 400_000; i++)
            names.Input.Add("");
        Refused(new ModelProto { Graph = new GraphProto { Node = { names } } }, "too many for the size of the file");
    }

    [Test]
    public void Names_in_messages_are_cut_and_cannot_write_to_a_terminal()
    {
        GraphSketch sketch = new GraphSketch().Input("x", -1, 3).Output("y").Node("Nothing", "x", "y");
        sketch.Model.Graph.Node[0].Name = "\u001b[2J" + new string('a', 10_000);
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => sketch.Import())!;
        Assert.That(exception.Message, Has.Length.LessThan(400).And.Contains("\\u001b[2J").And.Not.Contains("\u001b"));
    }

    private static void Refused(ModelProto model, string message)
    {
        byte[] file = model.ToByteArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => OnnxModel.Import(new MemoryStream(file)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    private static byte[] Deflated(byte[] bytes)
    {
        var target = new MemoryStream();
        using (var stream = new System.IO.Compression.DeflateStream(target, System.IO.Compression.CompressionMode.Compress))
            stream.Write(bytes);
        return target.ToArray();
    }

    /// <summary>A model whose weight is said to lie in another file, and that file with the weight after 8 bytes.</summary>
    private static string Write(TemporaryFolder folder, string location, int offset, int length)
    {
        var bytes = new byte[8 + 24];
        Buffer.BlockCopy(Weights, 0, bytes, 8, 24);
        File.WriteAllBytes(folder.File("model.onnx.data"), bytes);
        GraphSketch sketch = new GraphSketch().Input("x", -1, 3).Output("y").Node("MatMul", "x w", "y");
        sketch.Add("w", 1, [3, 2], tensor =>
        {
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{offset}" });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{length}" });
        });
        File.WriteAllBytes(folder.File("model.onnx"), sketch.Bytes);
        return folder.File("model.onnx");
    }
}
