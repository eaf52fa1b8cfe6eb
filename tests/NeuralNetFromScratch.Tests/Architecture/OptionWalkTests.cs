using System.Reflection;
using System.Xml.Linq;
using NeuralNetFromScratch.Images;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Tables;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Architecture;

/// <summary>
/// Every option (a property that can be set, a parameter of a part's constructor or factory) is set to values at and beyond the edges of the range that its
/// documentation states: beyond them an <see cref="ArgumentException"/> names the option as the user wrote it, within them nothing else is thrown.
/// </summary>
public partial class OptionWalkTests
{
    private static readonly Assembly[] Assemblies = [typeof(Sequential).Assembly, typeof(OnnxModel).Assembly, typeof(RgbaImage).Assembly, typeof(CsvFile).Assembly];

    private const string Good = "checkpoint";

    private static readonly Lazy<SurfaceSamples> Samples = new(() => new SurfaceSamples());

    private static readonly Lazy<Dictionary<string, string>> Documentation = new(() => Assemblies
        .SelectMany(assembly => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        .ToDictionary(member => (string)member.Attribute("name")!, member => member.ToString()));

    /// <summary>Results, and what layers are handed: they are made by the library, or by the author of a part.</summary>
    private static readonly HashSet<Type> Results =
    [
        typeof(Classification), typeof(DownloadProgress), typeof(LearningRateRangeTest), typeof(MetricResult), typeof(MetricTask), typeof(SafetensorEntry), typeof(SafetensorInfo),
        typeof(Setting), typeof(StepTotals), typeof(TrainingPosition), typeof(TrainingProgress), typeof(ScratchSize), typeof(ParameterDefinition), typeof(Size2D), typeof(Padding2D), typeof(UpdateStep),
        typeof(Sequential), typeof(PixelRegion), typeof(BrokenImage),
    ];

    private static IEnumerable<TestCaseData> Types() =>
        from assembly in Assemblies
        from type in assembly.GetExportedTypes()
        where type is { IsAbstract: false, IsEnum: false, IsByRefLike: false, IsInterface: false } && !Results.Contains(type) && !typeof(Delegate).IsAssignableFrom(type)
        where Properties(type).Any() || Parameters(type).Any()
        select new TestCaseData(type).SetArgDisplayNames(type.Name);

    private static IEnumerable<TestCaseData> Factories() =>
        from assembly in Assemblies
        from type in assembly.GetExportedTypes()
        where type.IsAbstract && (typeof(Part).IsAssignableFrom(type) || type == typeof(Initializer))
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where type.IsAssignableFrom(method.ReturnType) && method.GetParameters().All(parameter => !parameter.ParameterType.IsByRefLike) && method.GetParameters().Any(parameter => IsOption(parameter.ParameterType))
        select new TestCaseData(method).SetArgDisplayNames($"{type.Name}.{method.Name}");

    [TestCaseSource(nameof(Types))]
    public void An_option_out_of_range_is_refused_by_name(Type type)
    {
        using var folder = new TemporaryFolder();
        List<string> wrong = [];
        foreach (PropertyInfo property in Properties(type))
        {
            Walk(wrong, property.Name, property.PropertyType, Range.Of(property), value =>
            {
                object target = Fresh(type);
                property.SetValue(target, value);
                Use(target, folder);
            });
        }

        foreach ((ConstructorInfo constructor, ParameterInfo parameter) in Parameters(type))
            Walk(wrong, parameter, value => Use(constructor.Invoke(Arguments(parameter, value)), folder));
        Assert.That(wrong, Is.Empty);
    }

    [TestCaseSource(nameof(Factories))]
    public void An_argument_out_of_range_of_a_factory_is_refused_by_name(MethodInfo method)
    {
        List<string> wrong = [];
        foreach (ParameterInfo parameter in method.GetParameters().Where(parameter => IsOption(parameter.ParameterType)))
            Walk(wrong, parameter, value => method.Invoke(null, Arguments(parameter, value)));
        Assert.That(wrong, Is.Empty);
    }

    private static void Walk(List<string> wrong, ParameterInfo parameter, Action<object?> set) =>
        Walk(wrong, parameter.Name!, parameter.ParameterType, Range.Of(parameter), set);

    private static void Walk(List<string> wrong, string name, Type type, Range? range, Action<object?> set)
    {
        if (range is null)
        {
            wrong.Add($"{name}: its documentation states no range");
            return;
        }

        foreach (object? value in Values(type).Where(value => value is not null || !range.AllowsNull))
        {
            string text = $"{name} = {SurfaceSamples.Text(value)}";
            try
            {
                set(value);
                if (!range.Contains(value))
                    wrong.Add($"{text} is accepted");
            }
            catch (Exception exception)
            {
                Exception inner = exception;
                while (inner is TargetInvocationException { InnerException: { } cause })
                    inner = cause;
                bool isNamed = inner is ArgumentException && inner.Message.Contains(name, StringComparison.Ordinal);
                if (!isNamed)
                    wrong.Add($"{text}: {inner.GetType().Name} does not name it: {inner.Message}");
                else if (range.Contains(value) && range.IsExact)
                    wrong.Add($"{text} lies within its range, but is refused: {inner.Message}");
                else if (value is float or double or int && !inner.Message.Contains(SurfaceSamples.Text(value), StringComparison.Ordinal))
                    wrong.Add($"{text}: the message does not tell the value: {inner.Message}");
            }
        }
    }

    /// <summary>Hands an object to what checks its options.</summary>
    private static void Use(object target, TemporaryFolder folder)
    {
        Dataset data = Dataset.FromArrays(TestValues.Uniform(80, 1), [4], TestValues.Labels(20, 3, 2), 3);
        Sequential network = new([4], 1, new Dense(3)) { OutputActivation = OutputActivation.Softmax };
        var fit = new FitOptions { Epochs = 1 };
        switch (target)
        {
            case FitOptions options:
                Fit(options with { Schedule = options.Schedule });
                break;
            case EarlyStopping rule:
                Fit(fit with { EarlyStopping = rule, ValidationFraction = 0.2 });
                break;
            case CheckpointOptions checkpoint:
                Fit(fit with { Checkpoint = checkpoint.Path == Good ? checkpoint with { Path = folder.File("checkpoint") } : checkpoint });
                break;
            case TrainerOptions options:
                _ = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(), options);
                break;
            case LbfgsOptions options:
                _ = new LbfgsTrainer(network, new SoftmaxCrossEntropy(), options);
                break;
            case TabularClassifierOptions options:
                _ = new TabularClassifier<string>(options);
                break;
            case TabularRegressorOptions options:
                _ = new TabularRegressor(options);
                break;
            case TabularPlanOptions options:
                _ = TabularPlan.Infer(new TabularData(TabularColumn.Numbers("a", [1, 2])), options: options);
                break;
            case CsvOptions options:
                _ = CsvFile.Parse("a\n1\n", options);
                break;
            case WeightLoadOptions options:
                network.Save(folder.File("weights"), Enum.IsDefined(options.Naming) ? options.Naming : TensorNaming.Native);
                network.LoadWeights(folder.File("weights"), options);
                break;
            case OnnxExportOptions options:
                OnnxModel.Export(network, new MemoryStream(), options);
                break;
            case OnnxImportOptions options:
                using (var model = new MemoryStream())
                {
                    OnnxModel.Export(network, model);
                    model.Position = 0;
                    OnnxModel.Import(model, options);
                }

                break;
        }

        void Fit(FitOptions options) => new Trainer(network, new SoftmaxCrossEntropy(), new Sgd()).Fit(data, options);
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true } && IsOption(property.PropertyType));

    private static IEnumerable<(ConstructorInfo Constructor, ParameterInfo Parameter)> Parameters(Type type) =>
        from constructor in typeof(Part).IsAssignableFrom(type) || type == typeof(Engine) || type == typeof(InputScaling) ? type.GetConstructors() : []
        from parameter in constructor.GetParameters()
        where IsOption(parameter.ParameterType) && !constructor.GetParameters().Any(one => one.ParameterType.IsByRefLike)
        select (constructor, parameter);

    private static bool IsOption(Type type)
    {
        Type inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner.IsEnum || inner == typeof(string) || inner == typeof(char) || inner == typeof(int) || inner == typeof(long) || inner == typeof(float) || inner == typeof(double) || inner == typeof(TimeSpan);
    }

    private static object Fresh(Type type)
    {
        if (type == typeof(CheckpointOptions))
            return new CheckpointOptions { Path = Good };
        object made = Samples.Value.Of(SurfaceSamples.Close(type)) ?? throw new AssertionException($"no {type.Name} can be made");
        if (type.GetMethod("<Clone>$") is { } clone)
            return clone.Invoke(made, [])!;
        foreach (ConstructorInfo constructor in type.GetConstructors().OrderBy(constructor => constructor.GetParameters().Length))
        {
            if (constructor.GetParameters().All(parameter => !parameter.ParameterType.IsByRefLike))
                return constructor.Invoke([.. constructor.GetParameters().Select(Samples.Value.Good)]);
        }

        return made;
    }

    private static object?[] Arguments(ParameterInfo parameter, object? value) =>
        [.. ((MethodBase)parameter.Member).GetParameters().Select(one => one.Position == parameter.Position ? value : Samples.Value.Good(one))];

    private static IEnumerable<object?> Values(Type type)
    {
        Type inner = Nullable.GetUnderlyingType(type) ?? type;
        if (inner != type || !type.IsValueType)
            yield return null;
        object[] some = inner.IsEnum ? [Enum.ToObject(inner, 99), Enum.ToObject(inner, -1)]
            : inner == typeof(int) ? [0, -1, int.MinValue, 1]
            : inner == typeof(long) ? [0L, -1L, long.MinValue, 1L]
            : inner == typeof(float) ? [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -1f, 1f, 2f, 0.25f]
            : inner == typeof(double) ? [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -1.0, 1.0, 2.0, 0.25]
            : inner == typeof(char) ? ['\0', '"', '\n', '\uffff', ',']
            : inner == typeof(TimeSpan) ? [TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1)]
            : [""];
        foreach (object value in some)
            yield return value;
    }
}
