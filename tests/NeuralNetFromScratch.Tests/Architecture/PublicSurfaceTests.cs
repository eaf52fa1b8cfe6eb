using System.Reflection;
using NeuralNetFromScratch.Images;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Tables;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Architecture;

/// <summary>
/// Everything public is called with one thing wrong at a time: null, empty, default, negative, out of range, not finite, an enumeration's value that there
/// is not. Either it is fine, or a standard exception says what is wrong; none is a null reference, an index, a division or an overflow that nobody meant.
/// Calls that take views cannot be made this way; layers, losses and optimizers have walks of their own.
/// </summary>
public class PublicSurfaceTests
{
    private static readonly Lazy<SurfaceSamples> Samples = new(() => new SurfaceSamples());

    private static readonly Type[] Family =
    [
        typeof(ArgumentException), typeof(InvalidOperationException), typeof(NotSupportedException), typeof(InvalidDataException), typeof(IOException),
        typeof(UnauthorizedAccessException), typeof(KeyNotFoundException), typeof(NotFiniteNumberException), typeof(OperationCanceledException),
    ];

    private static readonly Assembly[] Packages = [typeof(Sequential).Assembly, typeof(OnnxModel).Assembly, typeof(RgbaImage).Assembly, typeof(CsvFile).Assembly];

    private static IEnumerable<TestCaseData> Members() =>
        from assembly in Packages
        from type in assembly.GetExportedTypes()
        where !type.IsInterface && !type.IsEnum && !type.IsByRefLike && !typeof(Delegate).IsAssignableFrom(type)
        select new TestCaseData(type).SetArgDisplayNames(type.Name);

    [TestCaseSource(nameof(Members))]
    [CancelAfter(120_000)]
    public void Wrong_arguments_give_standard_exceptions(Type type, CancellationToken cancellation)
    {
        Type closed = SurfaceSamples.Close(type);
        var wrong = new List<string>();
        foreach (MethodBase member in Callable(closed))
        {
            cancellation.ThrowIfCancellationRequested();
            ParameterInfo[] parameters = member.GetParameters();
            object?[]? good = Arguments(parameters);
            object? target = member.IsStatic || member is ConstructorInfo ? null : Samples.Value.Of(closed);
            if (good is null || (target is null && !member.IsStatic && member is not ConstructorInfo))
                continue;
            if (parameters.Length == 0)
                Call(member, target, [], wrong);
            for (int place = 0; place < parameters.Length; place++)
            {
                foreach (object? bad in SurfaceSamples.Bad(parameters[place]))
                {
                    object?[] arguments = [.. good];
                    arguments[place] = bad;
                    Call(member, target, arguments, wrong);
                }
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Most_of_what_is_public_is_called()
    {
        (int Called, int All) counts = (0, 0);
        foreach (Type type in Packages.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => type is { IsInterface: false, IsEnum: false, IsByRefLike: false }))
        {
            foreach (MethodBase member in Callable(SurfaceSamples.Close(type)))
            {
                bool hasTarget = member.IsStatic || member is ConstructorInfo || Samples.Value.Of(SurfaceSamples.Close(type)) is not null;
                counts = (counts.Called + (hasTarget && Arguments(member.GetParameters()) is not null ? 1 : 0), counts.All + 1);
            }
        }

        Assert.That(counts.Called, Is.GreaterThan(0.8 * counts.All));
    }

    /// <summary>Constructors, methods and properties of a type itself; what reaches the network or waits for it is left out.</summary>
    private static IEnumerable<MethodBase> Callable(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (!type.IsAbstract)
        {
            foreach (ConstructorInfo constructor in type.GetConstructors())
                yield return constructor;
        }

        foreach (MethodInfo method in type.GetMethods(Own))
        {
            MethodInfo closed = method.IsGenericMethodDefinition ? Close(method)! : method;
            bool mayDownload = typeof(Task).IsAssignableFrom(closed?.ReturnType) && type.Assembly == typeof(Sequential).Assembly;
            if (closed is not null && !mayDownload && closed.Name is not ("Dispose" or "GetHashCode" or "Equals" or "<Clone>$"))
                yield return closed;
        }
    }

    private static MethodInfo? Close(MethodInfo method)
    {
        try
        {
            return method.MakeGenericMethod([.. method.GetGenericArguments().Select(argument => argument.GetGenericParameterConstraints().Length > 0 ? typeof(Dense) : typeof(int))]);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static object?[]? Arguments(ParameterInfo[] parameters)
    {
        if (parameters.Any(parameter => parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike || parameter.ParameterType.IsPointer))
            return null;
        object?[] arguments = [.. parameters.Select(Samples.Value.Good)];
        return parameters.Zip(arguments).All(pair => pair.Second is not null || !pair.First.ParameterType.IsValueType || Nullable.GetUnderlyingType(pair.First.ParameterType) is not null) ? arguments : null;
    }

    private static void Call(MethodBase member, object? target, object?[] arguments, List<string> wrong)
    {
        string call = $"{member.DeclaringType!.Name}.{member.Name}({string.Join(", ", arguments.Select(SurfaceSamples.Text))})";
        try
        {
            // A sequence that is computed when it is read.
            object? result = member is ConstructorInfo constructor ? constructor.Invoke(arguments) : member.Invoke(target, arguments);
            (result as Task)?.GetAwaiter().GetResult();
            if (result is System.Collections.IEnumerable sequence and not string)
            {
                foreach (object? _ in sequence)
                    break;
            }
        }
        catch (Exception exception)
        {
            Exception inner = exception is TargetInvocationException { InnerException: { } cause } ? cause : exception;
            if (inner is NotSupportedException && inner.Message.Contains("ByRef", StringComparison.Ordinal))
                return;
            if (!Family.Any(allowed => allowed.IsInstanceOfType(inner)))
                wrong.Add($"{call}: {inner.GetType().Name}: {inner.Message.Split('\n')[0]} {inner.StackTrace?.Split('\n')[0].Trim()}");
        }
    }
}
