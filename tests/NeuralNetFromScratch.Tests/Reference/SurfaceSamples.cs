using System.Collections;
using System.Numerics.Tensors;
using System.Reflection;

namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>A good value for each type that something public takes, and bad ones.</summary>
internal sealed class SurfaceSamples
{
    private readonly Dictionary<Type, object> _known;

    public SurfaceSamples()
    {
        Sequential network = new([4], 1, new Dense(5, Activation.Relu), new BatchNormalization(), new Dense(3));
        Dataset data = NeuralNetFromScratch.Dataset.FromArrays(TestValues.Uniform(80, 1), [4], TestValues.Labels(20, 3, 2), 3);
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f));
        TrainingHistory history = trainer.Fit(data, new FitOptions { Epochs = 2, ValidationFraction = 0.2 });
        EvaluationResult result = network.Evaluate(data, metrics: [new Accuracy(), new ConfusionMatrixMetric()]);
        var file = new MemoryStream();
        SafetensorsWriter.Write(file, [SafetensorEntry.FromFloats("a", [2], [1, 2])]);
        file.Position = 0;
        var reader = new SafetensorsReader(file);
        var tabular = new TabularClassifier<string>(new() { MaxEpochs = 2 });
        tabular.Fit([[1f, 2], [3, 4], [2, 1]], ["x", "y", "x"]);
        _known = new object[]
        {
            network, data, trainer, history, history.Epochs[0], result, result.ConfusionMatrix, result[new Accuracy()], reader, reader.Tensors[0], tabular, network.Parameters, network.Parameters[0],
            network.Parameters[0].Definition, network.Chain, network.CreatePredictor(), new Engine(1), new RandomSource(1), Tensor.CreateFromShape<float>([2, 2]), BuiltInParts.Registry, new Settings("kind"),
            GradientCheck.Run(new Dense(2), [2]), Shape.Create([4]), "text", 1, 1L, 1ul, 0.5f, 0.5, true, (byte)1, new FitOptions { Epochs = 1 }, new Setting("name", 1), default(CancellationToken),
            trainer.FindLearningRate(data), new CheckpointOptions { Path = "" }, new ParameterGroup("dense1"), TimeSpan.FromSeconds(1), new Random(1), new Index(0), new Predicate<object>(_ => true),
            new ScratchSize(1), new InputScaling(), new WeightLoadOptions(), new Size2D(2, 2), new CsvLog("/dev/null/none"),
        }.ToDictionary(value => value.GetType());
    }

    /// <summary>The type, or the one that it becomes with arguments.</summary>
    public static Type Close(Type type) => type.IsGenericTypeDefinition ? type.MakeGenericType([.. type.GetGenericArguments().Select(_ => typeof(string))]) : type;

    /// <summary>An object of a type; null where none can be made.</summary>
    public object? Of(Type type)
    {
        if (_known.TryGetValue(type, out object? known))
            return known;
        if (type.IsEnum || (type.IsValueType && !type.IsByRefLike))
            return Nullable.GetUnderlyingType(type) is { } inner ? Of(inner) : Activator.CreateInstance(type);
        if (_known.Values.FirstOrDefault(type.IsInstanceOfType) is { } fitting)
            return fitting;
        if (type.IsAbstract && type.Assembly == typeof(Sequential).Assembly)
            return Static(type) ?? type.Assembly.GetExportedTypes().Where(candidate => candidate.IsSubclassOf(type) && !candidate.IsAbstract && !candidate.IsGenericType).Select(Of).FirstOrDefault(value => value is not null);
        foreach (ConstructorInfo constructor in type.GetConstructors().OrderBy(constructor => constructor.GetParameters().Length))
        {
            try
            {
                object made = constructor.Invoke([.. constructor.GetParameters().Select(Good)]);
                _known[type] = made;
                return made;
            }
            catch (Exception exception) when (exception is TargetInvocationException or ArgumentException or NotSupportedException)
            {
            }
        }

        return null;
    }

    /// <summary>A good argument; the default that the parameter has where there is one.</summary>
    public object? Good(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        if (parameter.HasDefaultValue && parameter.DefaultValue is not null)
            return type.IsEnum ? Enum.ToObject(type, parameter.DefaultValue) : parameter.DefaultValue;
        if (IsPath(parameter))
            return Path.Combine(Path.GetTempPath(), "nnfs-there-is-none", "file");
        if (type.IsArray)
            return Array.CreateInstance(type.GetElementType()!, 0);
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments() is [var element] && Of(element) is { } item)
        {
            Array list = Array.CreateInstance(element, 1);
            list.SetValue(item, 0);
            return list;
        }

        return Of(type);
    }

    /// <summary>Arguments that are wrong or at the edge.</summary>
    public static IEnumerable<object?> Bad(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType, inner = Nullable.GetUnderlyingType(type) ?? type;
        if (!type.IsValueType || inner != type)
            yield return null;
        if (inner.IsEnum)
            yield return Enum.ToObject(inner, 99);
        if (inner.IsValueType && !inner.IsByRefLike && inner != typeof(void))
            yield return Activator.CreateInstance(inner);
        object[] some = inner == typeof(int) ? parameter.Member.DeclaringType == typeof(GradientCheck) ? [-1, int.MinValue] : [-1, 99, int.MinValue, int.MaxValue / 2] : inner == typeof(long) ? [-1L, long.MinValue] : inner == typeof(ulong) ? [ulong.MaxValue]
            : inner == typeof(float) ? [float.NaN, float.PositiveInfinity, -1f, 2f] : inner == typeof(double) ? [double.NaN, double.NegativeInfinity, -1.0, 2.0]
            : inner == typeof(string) ? ["", "\ud800", "\0"] : inner == typeof(Shape) ? [Shape.Create([0]), Shape.Create([3, 5]), Shape.Create([1, 1, 1, 1, 1])]
            : inner == typeof(Index) ? [new Index(99), ^99] : [];
        foreach (object value in some)
            yield return value;
        if (type.IsArray || (type.IsGenericType && type.GetGenericArguments().Length == 1 && type.IsAssignableFrom(type.GetGenericArguments()[0].MakeArrayType())))
        {
            Type element = type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[0];
            yield return Array.CreateInstance(element, 0);
            yield return Array.CreateInstance(element, 1);
            yield return Array.CreateInstance(element, 3);
        }
    }

    public static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"\"{string.Concat(text.Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character))}\"",
        Array list => $"{list.GetType().GetElementType()!.Name}[{list.Length}]",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.GetType().Name,
    };

    private static object? Static(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property => property.PropertyType == type && property.GetIndexParameters().Length == 0).Select(property => property.GetValue(null)).FirstOrDefault();

    private static bool IsPath(ParameterInfo parameter) => parameter.ParameterType == typeof(string) && parameter.Name is "path" or "directory" or "folder" or "fileName";
}
