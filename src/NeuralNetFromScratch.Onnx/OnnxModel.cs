using Google.Protobuf;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Exports and imports networks as ONNX models: opset 17, IR version 8, a dynamic batch axis, weights inline. The channels of images are first in
/// ONNX, [batch, channels, height, width], and last in the library; <see cref="OnnxExportOptions.ChannelsLast"/> and
/// <see cref="OnnxImportOptions.ChannelsLast"/> select the order of the model's input and output.
/// </summary>
public static class OnnxModel
{
    private const int Opset = 17, IrVersion = 8;

    private const string ClassKeyStart = "class_name_";

    /// <summary>The maximum length of a file: four times what the largest networks for CPUs need.</summary>
    private const int MaximumFileLength = 1 << 30;

    /// <summary>The maximum nesting of messages, well above that of a graph without sub-graphs.</summary>
    private const int MaximumNesting = 32;

    /// <summary>Exports a network to a file, which is written atomically.</summary>
    /// <param name="network">The network to export.</param>
    /// <param name="path">The path of the file. An existing file is replaced.</param>
    /// <param name="options">The options of the model; null for the defaults.</param>
    /// <exception cref="NotSupportedException">A layer or activation cannot be exported. The message names it.</exception>
    /// <exception cref="ArgumentException">
    /// Input scaling is requested, but the network has none; or the names of input and output are empty, equal, or those of values within the
    /// model.
    /// </exception>
    public static void Export(Sequential network, string path, OnnxExportOptions? options = null)
    {
        ModelProto model = Describe(network, options ?? new());
        AtomicFile.Write(path, stream => model.WriteTo(stream));
    }

    /// <summary>Exports a network to a stream.</summary>
    /// <param name="network">The network to export.</param>
    /// <param name="stream">The stream, which need not be seekable and stays open.</param>
    /// <param name="options">The options of the model; null for the defaults.</param>
    /// <exception cref="NotSupportedException">A layer or activation cannot be exported. The message names it.</exception>
    /// <exception cref="ArgumentException">
    /// Input scaling is requested, but the network has none; or the names of input and output are empty, equal, or those of values within the
    /// model.
    /// </exception>
    public static void Export(Sequential network, Stream stream, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanWrite)
            throw new ArgumentException("the stream is not writable; open it for writing", nameof(stream));
        Describe(network, options ?? new()).WriteTo(stream);
    }

    /// <summary>
    /// Imports a feed-forward model, as PyTorch, Keras, scikit-learn's converter or ML.NET write them. Weights may be in files beside it.
    /// Operators become layers of the library if it has them, otherwise layers of <see cref="OnnxParts.Registry"/>, which is needed to load a
    /// network that was imported and saved.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="options">The options of the import; null for the defaults.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is malformed, or contains an operator or value that the library does not support. The message names the node.
    /// </exception>
    public static Sequential Import(string path, OnnxImportOptions? options = null)
    {
        OnnxImportOptions how = Checked(options);
        using FileStream stream = File.OpenRead(path);
        try
        {
            return Read(stream, Path.GetDirectoryName(Path.GetFullPath(path)), how);
        }
        catch (InvalidDataException exception)
        {
            throw MessageText.Malformed(path, exception);
        }
    }

    /// <summary>Imports a feed-forward model from a stream, which must contain its weights.</summary>
    /// <param name="stream">The stream, which is read to its end, need not be seekable, and stays open.</param>
    /// <param name="options">The options of the import; null for the defaults.</param>
    /// <returns>The network.</returns>
    /// <exception cref="ArgumentException">The stream is not readable, or an option is out of range.</exception>
    /// <exception cref="InvalidDataException">As for <see cref="Import(string, OnnxImportOptions)"/>.</exception>
    public static Sequential Import(Stream stream, OnnxImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
            throw new ArgumentException("the stream is not readable; open it for reading", nameof(stream));
        OnnxImportOptions how = Checked(options);
        if (stream is { CanSeek: true, Position: 0 })
            return Read(stream, null, how);
        using var copy = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
        {
            copy.Write(buffer, 0, count);
            ThrowIfTooLarge(copy.Length);
        }

        copy.Position = 0;
        return Read(copy, null, how);
    }

    private static OnnxImportOptions Checked(OnnxImportOptions? options)
    {
        options ??= new();
        options.Validate();
        return options;
    }

    private static Sequential Read(Stream stream, string? folder, OnnxImportOptions options)
    {
        ThrowIfTooLarge(stream.Length);
        ModelFileScan.Check(stream);
        ModelProto model;
        try
        {
            using var input = CodedInputStream.CreateWithLimits(stream, MaximumFileLength, MaximumNesting);
            model = ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(input);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw MessageText.Malformed("the file is not an ONNX model", exception);
        }

        return GraphImport.Read(model, folder, options);
    }

    private static void ThrowIfTooLarge(long length)
    {
        if (length > MaximumFileLength)
            throw new InvalidDataException($"the file has more than {MaximumFileLength} bytes; write the weights beside the model (save_as_external_data=True)");
    }

    private static ModelProto Describe(Sequential network, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        options.Validate();
        var graph = new GraphProto { Name = "network" };
        var builder = new GraphBuilder(graph);
        string value = options.InputName;
        if (options.IncludesInputScaling)
            value = AddScaling(builder, network, value);
        bool isImage = network.InputShape.Rank == 3 && ImageExport.TakesImages(network.Chain) == true;
        bool isTurned = isImage && !options.ChannelsLast;
        ExportedValue result = LayerExport.Add(builder, network.Parameters, 0, network.Chain, "", Input(builder, network.InputShape, value, isImage, isTurned));
        bool isTurnedOutput = isTurned && network.OutputShape.Rank == 3 && !(options.AppliesOutputActivation && network.KnownOutputActivation is OutputActivation.Softmax or OutputActivation.LogSoftmax);
        Shape inputShape = isTurned ? Turned(network.InputShape) : network.InputShape, outputShape = isTurnedOutput ? Turned(network.OutputShape) : network.OutputShape;
        value = isTurnedOutput ? builder.Image(result, ImageShape.Of(network.OutputShape)) : builder.Vector(result);
        if (options.AppliesOutputActivation)
            value = AddOutputActivation(builder, network.KnownOutputActivation, value);
        if (network.OutputShape.Rank != 1 && !isTurnedOutput)
            value = builder.Reshape(value, network.OutputShape.Dimensions);
        ThrowIfTaken(graph, options.InputName);
        ThrowIfTaken(graph, options.OutputName);
        // The output has a separate name, also if the last layer adds no node.
        var last = new NodeProto { Name = "output", OpType = "Identity" };
        last.Input.Add(value);
        last.Output.Add(options.OutputName);
        graph.Node.Add(last);
        graph.Input.Add(Value(options.InputName, inputShape));
        graph.Output.Add(Value(options.OutputName, outputShape));

        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "NeuralNetFromScratch", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        for (int i = 0; i < network.ClassNames.Count; i++)
            model.MetadataProps.Add(new StringStringEntryProto { Key = ClassKey(i), Value = network.ClassNames[i] });
        foreach ((string key, string text) in network.Metadata)
        {
            if (text is null || IsClassKey(key))
                throw new ArgumentException($"the text {MessageText.Quote(key)} of the network's metadata is null, or has the key of a class name; use another key", nameof(network));
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = text });
        }

        return model;
    }

    /// <summary>Returns the shape of an image with its channels first.</summary>
    private static Shape Turned(Shape image) => [image[2], image[0], image[1]];

    private static ExportedValue Input(GraphBuilder graph, Shape shape, string name, bool isImage, bool isTurned)
    {
        if (isTurned)
            return new(name, ImageShape.Of(shape));
        if (isImage)
            return new(shape[2] == 1 ? graph.Reshape(name, Turned(shape).Dimensions) : graph.Node("Transpose", [name], GraphBuilder.Attribute("perm", [0, 3, 1, 2])), ImageShape.Of(shape));
        return ExportedValue.Vector(shape.Rank == 1 ? name : graph.Node("Flatten", [name], GraphBuilder.Attribute("axis", 1L)));
    }

    /// <exception cref="ArgumentException">A value within the graph has the name.</exception>
    private static void ThrowIfTaken(GraphProto graph, string name)
    {
        if (graph.Initializer.Any(tensor => tensor.Name == name) || graph.Node.Any(node => node.Output.Contains(name)))
            throw new ArgumentException($"a value within the model has the name \"{name}\"; use another name for the input or output");
    }

    /// <summary>Returns the key of the metadata that has the name of a class.</summary>
    internal static string ClassKey(int number) => FormattableString.Invariant($"{ClassKeyStart}{number}");

    /// <summary>Whether a key of the metadata is that of a class name.</summary>
    internal static bool IsClassKey(string key) => key.StartsWith(ClassKeyStart, StringComparison.Ordinal);

    private static string AddScaling(GraphBuilder graph, Sequential network, string value)
    {
        InputScaling scaling = network.InputScaling
            ?? throw new ArgumentException("input scaling is requested, but the network has none; set Sequential.InputScaling", nameof(network));
        value = graph.Node("Mul", [value, graph.Scalar(scaling.Scale)]);
        value = graph.Node("Sub", [value, graph.Scalar(scaling.Mean)]);
        return graph.Node("Div", [value, graph.Scalar(scaling.StandardDeviation)]);
    }

    private static string AddOutputActivation(GraphBuilder graph, OutputActivation transform, string value) => transform switch
    {
        OutputActivation.Softmax => graph.Node("Softmax", [value], GraphBuilder.Attribute("axis", -1L)),
        OutputActivation.LogSoftmax => graph.Node("LogSoftmax", [value], GraphBuilder.Attribute("axis", -1L)),
        OutputActivation.Sigmoid => graph.Node("Sigmoid", [value]),
        _ => value,
    };

    private static ValueInfoProto Value(string name, Shape sampleShape)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        foreach (int size in sampleShape)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = OnnxTypes.Float, Shape = shape } } };
    }
}
